// Asks "Er du her?" on a tablet nobody touches, and leaves for the pictures if nobody answers.
// The server locks by its own clock; this only makes the screen follow.

const IDLE = 90_000; // untouched so long, the question comes
const NOTICE = 20_000; // and so long it waits for an answer
const BUSY_AT_MOST = 300_000; // an open camera or an upload counts as being here, but not for ever
const TELL_EVERY = 5_000; // a press is told to the server no later than this, so that both count from the same press

function install(dialog) {
  const { lockUrl, pingUrl } = dialog.dataset;
  let touched = Date.now();
  let told = Date.now();
  let telling = 0;
  let busySince = 0;
  let isLeaving = false;

  // Only to a page that is there: without a net the question stays and covers what was on the screen.
  function leave() {
    if (isLeaving) return;
    isLeaving = true;
    fetch(lockUrl, { method: "HEAD", redirect: "manual" })
      .then(() => window.location.assign(lockUrl))
      .catch(() => (isLeaving = false));
  }

  function ping() {
    clearTimeout(telling);
    telling = 0;
    told = Date.now();
    fetch(pingUrl, { method: "POST", redirect: "manual" })
      .then((answer) => {
        if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) leave();
      })
      .catch(() => {}); // Without a net the page stays; the next press tells.
  }

  function touch() {
    if (dialog.open) return; // Only the button answers the question.
    touched = Date.now();
    if (!telling) telling = setTimeout(ping, Math.max(0, told + TELL_EVERY - touched));
  }

  // The camera covers the page, and a sent photo takes its time: neither is somebody who has gone.
  function busy(event) {
    const isFile = event.target.type === "file";
    const isUpload = event.type === "submit" && event.target.enctype === "multipart/form-data";
    if (isUpload || (isFile && event.type === "click")) busySince = Date.now();
    else if (isFile) busySince = 0;
  }

  function look() {
    if (Date.now() - busySince < BUSY_AT_MOST) touch();
    const idle = Date.now() - touched;
    if (idle >= IDLE + NOTICE) leave();
    else if (idle >= IDLE && !dialog.open) dialog.showModal();
  }

  dialog.addEventListener("close", () => {
    touched = Date.now();
    ping();
  });
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
    document.addEventListener(kind, touch, { passive: true });
  }
  for (const kind of ["click", "change", "cancel", "submit"]) document.addEventListener(kind, busy, true);
  // A tablet that slept runs no timers: look as soon as it wakes.
  document.addEventListener("visibilitychange", look);
  setInterval(look, 1000);
}

document.querySelectorAll("[data-still-here]").forEach(install);
