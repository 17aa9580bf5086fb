// The price follows what is typed, without pressing "Beregn pris". Only what the price is made of is sent, and only the
// panel is taken over, so nothing that is being typed moves. Without this script the button does the same.

const form = document.querySelector("form[data-estimate]");
const ASKED = new Set(["maengde", "sider", "hoejde", "affald", "hvortit", "postnr"]);
const WAIT = 350; // ms after the last key
const POSTCODE = /^\D*\d{4}\s*$/;
let timer = 0;
let asked = 0;

function typed() {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    // A postcode that is half typed is none yet.
    if (ASKED.has(name) && (name !== "postnr" || POSTCODE.test(value))) fields.append(name, value);
  }
  return fields;
}

async function show() {
  const turn = ++asked;
  try {
    const answer = await fetch(form.dataset.estimate, { method: "POST", body: typed() });
    if (!answer.ok || turn !== asked) return; // "Beregn pris" still stands there
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("pris");
    if (!fresh || turn !== asked) return;
    document.getElementById("pris").replaceChildren(...fresh.childNodes);
    const short = document.querySelector("[data-short-price]"); // beside the button, which on a phone is far from the panel
    if (short) short.textContent = fresh.dataset.short;
  } catch {
    // The net is away: "Beregn pris" says so when it is pressed.
  }
}

form?.addEventListener("input", (event) => {
  if (!ASKED.has(event.target.name)) return;
  clearTimeout(timer);
  timer = setTimeout(show, WAIT);
});
