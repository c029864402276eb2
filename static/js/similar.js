// While a person writes: asks data-similar (an address) for public cases like the text and shows the answer, a piece of
// HTML from our own server, in the live region named by data-similar-into. Sends that field and the form's token, nothing else,
// and nothing at all while the chosen category is one of the form's data-sealed ones.
const PAUSE = 900;
const ENOUGH = 12;
for (const field of document.querySelectorAll("[data-similar]")) {
  const region = document.getElementById(field.dataset.similarInto ?? "similar");
  const token = field.form?.elements.csrf_token;
  if (!region || !token) continue;
  let timer;
  let asked = "";
  let running;

  const isSealed = () => field.form.dataset.sealed?.split(" ").includes(field.form.elements.category.value);

  const ask = async () => {
    const text = field.value.trim();
    if (isSealed() || text === asked || [...text].length < ENOUGH) return;
    asked = text;
    running?.abort();
    running = new AbortController();
    const body = new FormData();
    body.set(field.name, text);
    body.set("csrf_token", token.value);
    try {
      const answer = await fetch(field.dataset.similar, { method: "POST", body, signal: running.signal });
      if (answer.ok && !isSealed()) region.innerHTML = await answer.text();
    } catch { /* no network: the list is offered again after sending */ }
  };

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); });
  field.form.addEventListener("change", () => {
    if (!isSealed()) return;
    running?.abort();
    region.replaceChildren();
    asked = "";
  });
}
