// Names the chosen files and their sizes under a file input, and warns before sending when there are too many
// (data-max-files) or one is too large (data-max-bytes). The server decides all the same.
const size = (bytes) => bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

for (const input of document.querySelectorAll("input[type=file]")) {
  const box = document.getElementById(`${input.id}-files`);
  if (!box) continue;
  const maxBytes = Number(input.dataset.maxBytes) || Infinity;
  const maxFiles = Number(input.dataset.maxFiles) || Infinity;

  const warnings = (files) => [
    ...(files.length > maxFiles ? [box.dataset.tooMany.replace("{n}", maxFiles)] : []),
    ...files.filter((f) => f.size > maxBytes).map((f) => box.dataset.tooBig.replace("{name}", f.name).replace("{n}", size(maxBytes))),
  ];
  const line = (tag, text, name = "") => Object.assign(document.createElement(tag), { textContent: text, className: name });

  input.addEventListener("change", () => {
    const files = [...input.files];
    const found = warnings(files);
    const list = document.createElement("ul");
    list.append(...files.map((f) => line("li", `${f.name}（${size(f.size)}）`)));
    box.replaceChildren(...found.map((text) => line("p", text, "error")), ...(files.length ? [list] : []));
    box.hidden = files.length === 0;
    input.setCustomValidity(found[0] ?? "");
  });
  input.form?.addEventListener("submit", (event) => {
    if (!warnings([...input.files]).length) return;
    event.preventDefault();
    input.focus();
  }, { capture: true });
}
