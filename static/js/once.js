// A form marked data-once is sent once: its buttons rest after the first click and wake when the page is shown again.
for (const form of document.querySelectorAll("form[data-once]")) {
  const buttons = () => form.querySelectorAll("button:not([type=button]), input[type=submit]");
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent || event.defaultPrevented) { event.preventDefault(); return; }
    sent = true;
    // After the browser has collected the fields, or the pressed button's own value would be lost.
    setTimeout(() => buttons().forEach((b) => { b.disabled = true; }));
  });
  addEventListener("pageshow", () => {
    sent = false;
    buttons().forEach((b) => { b.disabled = false; });
  });
}
