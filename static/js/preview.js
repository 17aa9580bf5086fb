// The picture beside a form follows what is chosen in it, without pressing "Vis". The page is asked for as "Vis" does, and
// only the picture is taken over, so nothing that is being typed moves. Without this script "Vis" stands there.

const form = document.querySelector("form[data-preview]");
const WAIT = 400; // ms after the last key
let timer = 0;
let asked = 0;

async function show() {
  const turn = ++asked;
  const address = new URL(window.location.pathname, window.location.href);
  address.search = new URLSearchParams(new FormData(form)).toString();
  try {
    const answer = await fetch(address);
    if (!answer.ok || turn !== asked) return; // the old picture stays
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(form.dataset.preview);
    if (fresh && turn === asked) document.getElementById(form.dataset.preview).replaceChildren(...fresh.childNodes);
  } catch {
    // The net is away: "Vis" says so when it is pressed.
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(show, WAIT);
}

form?.addEventListener("input", soon);
