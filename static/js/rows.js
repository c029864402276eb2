// In a list marked data-rows, J and K walk through the links marked data-row (else the first link of each row); Enter opens.
// A switch marked data-rows-switch turns the keys off, because single keys disturb people who dictate (WCAG 2.1.4).
const list = document.querySelector("[data-rows]");
const toggle = document.querySelector("[data-rows-switch]");
const REMEMBERED = "row-keys";
const remember = (value) => { try { localStorage.setItem(REMEMBERED, value); } catch { /* not remembered */ } };
const remembered = () => { try { return localStorage.getItem(REMEMBERED); } catch { return null; } };

if (list) {
  const marked = [...list.querySelectorAll("[data-row]")];
  const links = marked.length ? marked : [...list.querySelectorAll("tbody tr, li")].map((r) => r.querySelector("a")).filter(Boolean);
  const isTyping = (el) => el.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  if (toggle) {
    toggle.checked = remembered() !== "off";
    toggle.addEventListener("change", () => remember(toggle.checked ? "on" : "off"));
    toggle.closest("[hidden]")?.removeAttribute("hidden");
  }

  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key?.toLowerCase()];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || toggle?.checked === false) return;
    const here = links.indexOf(document.activeElement);
    const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1);
    links[next]?.focus();
    event.preventDefault();
  });
}
