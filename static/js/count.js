// Counts the characters of a text area with data-count (its limit) and says in words how many are left.
for (const area of document.querySelectorAll("textarea[data-count]")) {
  const line = document.getElementById(`${area.id}-count`);
  if (!line) continue;
  const limit = Number(area.dataset.count);
  const say = () => {
    const left = limit - [...area.value].length;
    const words = left < 0 ? line.dataset.over : line.dataset.left;
    line.textContent = words.replace("{n}", Math.abs(left).toLocaleString());
    line.classList.toggle("is-over", left < 0);
  };
  // Polite to listeners: the line speaks only in the last tenth.
  const hush = () => line.setAttribute("aria-live", limit - area.value.length < limit / 10 ? "polite" : "off");
  area.addEventListener("input", () => { hush(); say(); });
  hush();
  say();
  line.hidden = false;
}
