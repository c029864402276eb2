// Keeps what was typed into a long form (form[data-keep="name"]) through an accidental reload, in this tab only.
// Computers are shared: gone after 30 minutes, on any fresh visit, and when a page says data-kept-clear.
// Fields marked data-never-kept, hidden fields, passwords and files are never stored, nor anything while the chosen
// category is one of the form's data-sealed ones.
const LIFE = 30 * 60 * 1000;
const key = (name) => `kept:${name}`;
const drop = (name) => sessionStorage.removeItem(key(name));

function fields(form) {
  return [...form.elements].filter((f) => f.name && !f.closest("[data-never-kept]")
    && !["hidden", "password", "file", "submit", "button"].includes(f.type) && f.tagName !== "FIELDSET");
}
const isChoice = (field) => ["radio", "checkbox"].includes(field.type);
const untouched = (field) => isChoice(field) ? field.checked === field.defaultChecked
  : field.tagName === "SELECT" ? ![...field.options].some((o) => o.defaultSelected) : field.value === field.defaultValue;

function restore(form, kept) {
  for (const field of fields(form)) {
    const values = kept[field.name];
    if (!values || !untouched(field)) continue;
    if (isChoice(field)) field.checked = values.includes(field.value);
    else [field.value] = values;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function start(form) {
  const name = form.dataset.keep;
  const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  const stored = JSON.parse(sessionStorage.getItem(key(name)) ?? "null");
  if (reloaded && stored && Date.now() - stored.at < LIFE) restore(form, stored.values);
  else drop(name);
  let timer;
  const isSealed = () => form.dataset.sealed?.split(" ").includes(form.elements.category.value);
  form.addEventListener("input", () => {
    if (isSealed()) { drop(name); return; }
    const values = {};
    for (const field of fields(form)) {
      if (isChoice(field) && !field.checked) continue;
      (values[field.name] ??= []).push(field.value);
    }
    sessionStorage.setItem(key(name), JSON.stringify({ at: Date.now(), values }));
    clearTimeout(timer);
    timer = setTimeout(drop, LIFE, name);
  });
}

try {
  for (const done of document.querySelectorAll("[data-kept-clear]")) drop(done.dataset.keptClear);
  document.querySelectorAll("form[data-keep]").forEach(start);
} catch { /* storage is switched off: the form works all the same */ }
