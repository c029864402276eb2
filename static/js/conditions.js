// Shows a part marked data-shown-if (the name of a field) only while that field has one of the answers in data-shown-for.
// Hidden inputs are disabled, so that they are not sent, and keep what was typed. A part that holds an error stays in sight. A line
// marked data-instead before the part stands in its place, so that the numbers of the questions have no gap.
const parts = [...document.querySelectorAll("[data-shown-if]")].filter((part) => !part.querySelector(".has-error"));

// In the order of the page: a condition asks for an earlier question, and a hidden answer counts for nothing.
const look = () => {
  for (const part of parts) {
    const { shownIf, shownFor } = part.dataset;
    const given = [...part.closest("form").elements].filter((f) => f.name === shownIf && !f.disabled
      && (f.checked || !["radio", "checkbox"].includes(f.type)));
    const shown = given.some((f) => shownFor.split(" ").includes(f.value));
    part.hidden = !shown;
    const instead = part.previousElementSibling;
    if (instead?.matches("[data-instead]")) instead.hidden = shown;
    for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = !shown;
  }
};

for (const form of new Set(parts.map((part) => part.closest("form")))) {
  form.addEventListener("input", look);
  form.addEventListener("change", look);
}
addEventListener("pageshow", look);
look();
