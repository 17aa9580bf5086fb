// "Læs op": reads the page aloud with the tablet's own voice. The button stays away where no voice speaks the language.

function words() {
  const main = document.querySelector("main");
  const hidden = ".visually-hidden, [hidden], svg, script, dialog";
  return [...main.querySelectorAll("h1, h2, h3, p, li, label, legend, button, a, small")]
    .filter((part) => !part.closest(hidden) && !part.querySelector("h2, h3, p, li, button, label, small"))
    .map((part) => part.getAttribute("aria-label") || part.textContent.trim().replace(/\s+/g, " "))
    .filter((text) => text)
    .map((text) => (/[.!?:]$/.test(text) ? text : `${text}.`))
    .join(" ");
}

function install(button) {
  const synthesis = window.speechSynthesis;
  const language = document.documentElement.lang;

  function show() {
    const voice = synthesis.getVoices().find((each) => each.lang.toLowerCase().startsWith(language));
    button.hidden = !voice;
    return voice;
  }

  button.addEventListener("click", () => {
    const isReading = synthesis.speaking;
    synthesis.cancel(); // a second press is quiet
    if (isReading) return;
    const speech = new SpeechSynthesisUtterance(words());
    speech.lang = language;
    speech.voice = show() ?? null;
    speech.rate = 0.9;
    synthesis.speak(speech);
  });
  synthesis.addEventListener?.("voiceschanged", show);
  window.addEventListener("pagehide", () => synthesis.cancel());
  show();
}

if ("speechSynthesis" in window) document.querySelectorAll("[data-read-aloud]").forEach(install);
