// The price of what is made to order follows the choice, without pressing "Se prisen". The page is asked for as that
// button does, and only the price is taken over, so nothing that is being typed moves.

const form = document.querySelector("form[data-made]");
const price = document.getElementById("pris");
const WAIT = 350; // ms after the last key
let timer = 0;
let asked = 0;

const own = form?.elements.maal;
const ownChoice = form?.querySelector("input[value=eget]");

function isHalf() {
  // An own measure that is not typed to its end has no price yet, nor one beside a length of the list.
  if (!own) return false;
  if (!ownChoice.checked) return own.value.trim() !== "";
  const typed = Number(own.value);
  return !(typed >= Number(own.dataset.shortest) && typed <= Number(own.dataset.longest));
}

async function show() {
  const turn = ++asked;
  price.hidden = isHalf();
  if (price.hidden) return; // "Se prisen" says what is missing
  try {
    const answer = await fetch(`${form.dataset.made}?${new URLSearchParams(new FormData(form))}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("pris");
    if (fresh && turn === asked) price.replaceChildren(...fresh.childNodes);
  } catch {
    // The net is away: "Se prisen" says so when it is pressed.
  }
}

form?.addEventListener("input", (event) => {
  // Whoever goes back to a length of the list wants no own measure any more.
  if (own && event.target.name === ownChoice.name && event.target !== ownChoice) own.value = "";
  clearTimeout(timer);
  timer = setTimeout(show, event.target.type === "radio" ? 0 : WAIT);
});
// Back fills the form in again without a word: the price is asked for once more.
addEventListener("pageshow", (event) => { if (form && event.persisted) show(); });
