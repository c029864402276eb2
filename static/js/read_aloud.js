// Reads the page aloud with the browser's own voice; the button appears only where there is one.
const button = document.querySelector("[data-read-aloud]");
if (button && "speechSynthesis" in window) {
  const start = button.textContent;
  const shown = (word, on) => { button.textContent = word; button.setAttribute("aria-pressed", on); };
  const stop = () => { speechSynthesis.cancel(); shown(start, false); };

  // Short pieces, because long utterances are cut off by some browsers.
  const pieces = (text) => text.split(/(?<=[。！？；.!?;])\s*|\n+/).map((p) => p.trim()).filter(Boolean);

  const read = () => {
    const part = document.querySelector(button.dataset.readAloud);
    const chosen = String(getSelection()).trim();
    const queue = pieces(chosen || part.innerText);
    shown(button.dataset.stop, true);
    queue.forEach((text, i) => {
      const said = new SpeechSynthesisUtterance(text);
      said.lang = document.documentElement.lang === "en" ? "en-GB" : "zh-CN";
      said.rate = 0.9;
      if (i === queue.length - 1) said.onend = stop;
      speechSynthesis.speak(said);
    });
  };

  button.addEventListener("click", () => (speechSynthesis.speaking ? stop() : read()));
  addEventListener("pagehide", stop);
  shown(start, false);
  button.hidden = false;
}
