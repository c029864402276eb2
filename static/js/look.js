// Text size and contrast change in place: nothing typed is lost, and nothing is loaded anew. The buttons of the toolbar (data-look
// says "name.value") tell the server, which keeps the choice in a cookie. Language and simple mode need another page: where something
// was typed that the page would lose, data-loses of the toolbar is asked first.
const toolbar = document.querySelector("form[data-loses]");
const root = document.documentElement;
let touched = false;

const press = (button, on) => button.setAttribute("aria-pressed", String(on));

function show(button, name, value) {
  root.dataset[name] = value;
  if (name === "text") {
    for (const each of toolbar.querySelectorAll("[data-look^='text.']")) press(each, each === button);
    return;
  }
  const other = value === "high" ? "normal" : "high";
  press(button, value === "high");
  button.dataset.look = `contrast.${other}`;
  button.value = button.name === "look" ? `contrast.${other}` : other;
}

toolbar?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-look]");
  if (!button) return;
  const [name, value] = button.dataset.look.split(".");
  if (name === "text" || name === "contrast") {
    event.preventDefault();
    show(button, name, value);
    const body = new URLSearchParams({ [name]: value });
    // Without a network the page looks as it was asked to, the next one as before.
    fetch(toolbar.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  } else if (touched && button.form === toolbar && !confirm(toolbar.dataset.loses)) {
    event.preventDefault();
  }
});

addEventListener("input", (event) => { touched ||= event.target.form?.method === "post"; });
