// Takes a one-time code from the part of the address behind # into the field marked data-code, and out of the address bar.
// That part never reaches a server. Nothing is sent: whoever looks at the code presses the button. data-code-filled says so.
const field = document.querySelector("[data-code]");
const told = document.querySelector("[data-code-filled]");

const take = () => {
  const digits = location.hash.slice(1);
  if (!/^[0-9]{16}$/.test(digits)) return;
  history.replaceState(null, "", location.pathname + location.search);
  field.value = digits.replace(/(?=(?:.{4})+$)/g, " ").trim();
  if (told) told.hidden = false;
};

if (field) {
  addEventListener("hashchange", take); // the next person's picture, opened in the same tab
  take();
}
