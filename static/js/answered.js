// What is wrong with a field is no longer said once the field is changed; its line leaves the box of errors too. Whether all is well
// now, the server says when the form is sent.
const told = (box, kind) => [...box.querySelectorAll(kind)].filter((each) => each.closest(".has-error") === box);

function settle(box) {
  for (const words of told(box, ".error")) words.hidden = true;
  for (const field of told(box, "[aria-invalid]")) field.removeAttribute("aria-invalid");
  box.classList.remove("has-error");
  for (const link of document.querySelectorAll(".error-summary a[href^='#']")) {
    const field = document.getElementById(link.getAttribute("href").slice(1));
    if (field && box.contains(field) && !field.closest(".has-error")) link.closest("li").hidden = true;
  }
  for (const summary of document.querySelectorAll(".error-summary")) summary.hidden = !summary.querySelector("li:not([hidden])");
}

addEventListener("input", (event) => {
  const box = event.target.closest(".has-error");
  if (box && (event.target.type === "radio" || event.target.type === "checkbox" || event.target.value.trim())) settle(box);
});
