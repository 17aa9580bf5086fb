// "Læs op": reads the page aloud with the tablet's own voices, each part in the language it stands in. The button stays
// away where no voice speaks the language of the page; a part in a language without a voice is passed over.

const PARTS = "h1, h2, h3, p, li, label, legend, button, a, small";
const INNER = "h2, h3, p, li, button, label, small";
const UNSAID = ".visually-hidden, [hidden], [data-read-aloud], svg, script, dialog";

const languageOf = (element) => element.closest("[lang]").lang;
const tidy = (text) => text.trim().replace(/\s+/g, " ");

// What one part says, as [language, text]: words in another language within it are kept apart.
function said(part) {
  const label = part.getAttribute("aria-label");
  if (label) return [[languageOf(part), label]];
  const found = [];
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || parent.closest(UNSAID)) continue;
    const [language, text] = [languageOf(parent), walker.currentNode.data];
    if (found.at(-1)?.[0] === language) found.at(-1)[1] += text;
    else found.push([language, text]);
  }
  return found.map(([language, text]) => [language, tidy(text)]);
}

// The whole page in order, with neighbours of one language put together.
function words() {
  const main = document.querySelector("main");
  const parts = [...main.querySelectorAll(PARTS)].filter((part) => !part.closest(UNSAID) && !part.querySelector(INNER));
  const found = [];
  for (const [language, text] of parts.flatMap(said)) {
    if (!/[\p{L}\p{N}]/u.test(text)) continue;
    const sentence = /[.!?:؟]$/.test(text) ? text : `${text}.`;
    if (found.at(-1)?.[0] === language) found.at(-1)[1] += ` ${sentence}`;
    else found.push([language, sentence]);
  }
  return found;
}

function install(button) {
  const synthesis = window.speechSynthesis;
  const label = button.querySelector("[data-read-label]");
  const start = label?.textContent;

  const voiceFor = (language) => synthesis.getVoices().find((each) => each.lang.toLowerCase().startsWith(language));

  function show() {
    button.hidden = !voiceFor(document.documentElement.lang);
  }

  function name(isReading) {
    if (label) label.textContent = isReading ? button.dataset.stop : start;
  }

  button.addEventListener("click", () => {
    const isReading = synthesis.speaking;
    synthesis.cancel(); // a second press is quiet
    name(false);
    if (isReading) return;
    const spoken = words().filter(([language]) => voiceFor(language));
    spoken.forEach(([language, text], index) => {
      const speech = new SpeechSynthesisUtterance(text);
      speech.lang = language;
      speech.voice = voiceFor(language);
      speech.rate = 0.9;
      if (index === 0) speech.onstart = () => name(true);
      if (index === spoken.length - 1) speech.onend = () => name(false);
      synthesis.speak(speech);
    });
  });
  synthesis.addEventListener?.("voiceschanged", show);
  window.addEventListener("pagehide", () => synthesis.cancel());
  show();
}

if ("speechSynthesis" in window) document.querySelectorAll("[data-read-aloud]").forEach(install);
