// Asks "Er du her?" on a tablet nobody touches, and leaves for the pictures if nobody answers.
// The server locks by its own clock; this only makes the screen follow.

const IDLE = 90_000;
const NOTICE = 20_000;

function install(dialog) {
  const { lockUrl, pingUrl } = dialog.dataset;
  let touched = Date.now();
  let told = Date.now();

  function leave() {
    window.location.assign(lockUrl);
  }

  function ping() {
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
    if (touched - told > IDLE / 3) ping();
  }

  function look() {
    const idle = Date.now() - touched;
    if (idle >= IDLE) leave();
    else if (idle >= IDLE - NOTICE && !dialog.open) dialog.showModal();
  }

  dialog.addEventListener("close", () => {
    touched = Date.now();
    ping();
  });
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
    document.addEventListener(kind, touch, { passive: true });
  }
  // A tablet that slept runs no timers: look as soon as it wakes.
  document.addEventListener("visibilitychange", look);
  setInterval(look, 1000);
}

document.querySelectorAll("[data-still-here]").forEach(install);
