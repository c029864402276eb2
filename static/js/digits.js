// In a form marked data-digits, a digit pressed in a group of radio buttons chooses the one with this value and goes on to the next
// field; Delete empties the group. It works only while the focus is in such a group, so that no single key acts elsewhere. Enter,
// which scanners send after a code, goes on from a field marked data-goes-on instead of sending the form.
for (const form of document.querySelectorAll("form[data-digits]")) {
  const radios = (name) => [...form.querySelectorAll("input[type=radio]")].filter((r) => r.name === name);
  const onward = (group) => {
    const fields = [...form.querySelectorAll("input:not([type=hidden]), textarea, select")].filter((f) => !f.disabled && f.offsetParent);
    const last = fields.reduce((found, f, n) => (f.name === group ? n : found), -1);
    return fields[last + 1];
  };

  form.addEventListener("keydown", (event) => {
    const here = event.target;
    if (event.key === "Enter" && "goesOn" in here.dataset) {
      onward(here.name)?.focus();
      event.preventDefault();
      return;
    }
    if (here.type !== "radio" || event.ctrlKey || event.metaKey || event.altKey) return;
    const group = radios(here.name);
    const chosen = group.find((r) => r.value === event.key);
    if (/^[0-9]$/.test(event.key) && chosen) {
      chosen.checked = true;
      chosen.dispatchEvent(new Event("change", { bubbles: true }));
      const next = onward(here.name);
      (next?.type === "radio" ? radios(next.name).find((r) => r.checked) ?? next : next ?? chosen).focus();
    } else if (event.key === "Delete") {
      for (const radio of group) radio.checked = false;
      here.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      return;
    }
    event.preventDefault();
  });
}
