// "Jeg er færdig" without a net: it waits in the tablet and is sent when the net is back, to the one who did the work,
// also after the tablet was closed. Kept are the task's random id and its ticket, and nothing else.
// The ticket finishes once, so sending again is always safe.
// Without this script the form is posted, and the browser says that the page cannot be reached.

const KEPT = "vaerksted-kept";
const TRY_EVERY = 5_000;
const note = document.querySelector("[data-no-net]");
let isSending = false;

function kept() {
  try {
    const list = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(list) ? list.filter((each) => each?.task && each?.ticket) : [];
  } catch {
    return []; // what is no list of ours is nothing to send
  }
}

function keep(list) {
  if (list.length) localStorage.setItem(KEPT, JSON.stringify(list));
  else localStorage.removeItem(KEPT);
}

// The answer, or nothing while the server cannot be reached, asks for patience, or does not know the tablet.
async function send({ task, ticket }) {
  try {
    const body = new URLSearchParams({ ticket });
    const answer = await fetch(`/vaerksted/opgaver/${encodeURIComponent(task)}/faerdig`, { method: "POST", body });
    const isClosed = answer.status >= 500 || answer.status === 429 || answer.status === 403;
    return isClosed || answer.url.endsWith("/ikke-klar") ? null : answer;
  } catch {
    return null;
  }
}

// Sends what is kept, the oldest first. One thing at a time: two rounds at once would each show their own end.
async function sendAll(whenSent) {
  if (isSending) return;
  isSending = true;
  let last = null;
  for (let next = kept()[0]; next; next = kept()[0]) {
    const answer = await send(next);
    if (!answer) break;
    last = answer;
    keep(kept().filter((other) => other.task !== next.task));
  }
  isSending = false;
  const isLeft = kept().length > 0;
  if (note) note.hidden = !isLeft;
  if (isLeft) setTimeout(sendAll, TRY_EVERY, whenSent);
  else if (last) whenSent(last);
}

document.addEventListener("submit", (event) => {
  const task = event.submitter?.dataset.keep;
  if (!task) return;
  event.preventDefault();
  if (kept().some((each) => each.task === task)) return; // a second tap
  keep([...kept(), { task, ticket: new FormData(event.target).get("ticket") }]);
  sendAll((answer) => window.location.assign(answer.redirected ? answer.url : window.location.href));
});

// What an earlier page could not send. A page that shows the task was made before it counted; others are left in peace.
function sendEarlier() {
  if (kept().length) sendAll(() => document.querySelector("[data-keep]") && window.location.reload());
}

window.addEventListener("online", sendEarlier);
sendEarlier();
