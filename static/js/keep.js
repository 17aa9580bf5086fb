// "Jeg er færdig" without a net: it waits in the tablet and is sent when the net is back, to the one who did the work.
// The ticket in the form makes a finish that is sent twice count once, so sending again is always safe.
// Without this script the form is posted, and the browser says that the page cannot be reached.

const KEPT = "vaerksted-kept";
const TRY_EVERY = 5_000;
const note = document.querySelector("[data-no-net]");

function kept() {
  return JSON.parse(localStorage.getItem(KEPT) ?? "[]");
}

function keep(list) {
  if (list.length) localStorage.setItem(KEPT, JSON.stringify(list));
  else localStorage.removeItem(KEPT);
}

// Where the answer leads, or nothing while the server cannot be reached.
async function send({ action, body }) {
  try {
    const answer = await fetch(action, { method: "POST", body: new URLSearchParams(body) });
    return answer.status < 500 ? answer : null;
  } catch {
    return null;
  }
}

async function sendAll(whenSent) {
  let last = null;
  for (const each of kept()) {
    last = await send(each);
    if (!last) break;
    keep(kept().filter((other) => other.action !== each.action));
  }
  note.hidden = kept().length === 0;
  if (!note.hidden) setTimeout(sendAll, TRY_EVERY, whenSent);
  else if (last) whenSent(last);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-keep]")) return;
  event.preventDefault();
  const action = event.target.action;
  if (kept().some((each) => each.action === action)) return; // a second tap
  keep([...kept(), { action, body: [...new FormData(event.target)] }]);
  sendAll((answer) => window.location.assign(answer.redirected ? answer.url : window.location.href));
});

// What an earlier page could not send; this page was made before it counted.
if (kept().length) sendAll(() => window.location.reload());
