// Price and times follow what is chosen at the checkout, without pressing "Opdater". The page is asked for as "Opdater"
// does, and only price, times and answer are taken over, so nothing that is being typed moves.

const form = document.querySelector("form[data-update]");
const PARTS = ["hvor-svar", "tid-felt", "betal-felt", "sum"];
const POSTCODE = /^\s*\d{4}\s*$/;
let asked = 0;

// A page that answers a form is asked for anew by Back and by reload, not sent again: what was typed stands there still.
if (form) history.replaceState(null, "", form.action);

async function show() {
  const turn = ++asked;
  try {
    const answer = await fetch(form.dataset.update, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok || turn !== asked) return; // "Opdater" still stands there
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("form[data-update]");
    if (!fresh || turn !== asked) return;
    for (const id of PARTS) {
      const old = document.getElementById(id);
      const part = page.getElementById(id);
      if (old && part) old.replaceChildren(...part.childNodes);
    }
    form.dataset.shown = fresh.dataset.shown;
    const typed = document.getElementById("postnr");
    typed?.setAttribute("aria-invalid", page.getElementById("postnr")?.getAttribute("aria-invalid") ?? "false");
  } catch {
    // The net is away: "Opdater" says so when it is pressed.
  }
}

form?.addEventListener("change", (event) => {
  if (event.target.name === "levering" && (event.target.id !== "lev-bring" || POSTCODE.test(form.postnr.value))) show();
});
form?.addEventListener("input", (event) => {
  if (event.target.name !== "postnr") return;
  if (POSTCODE.test(event.target.value)) show();
  else document.getElementById("hvor-svar")?.replaceChildren(); // the answer was to another postcode
});
