// A page that waits for the bank is asked for anew until it waits no more, and only then shown. It does not reload under
// somebody who is reading it or has the focus in it. Without this script the page reloads by itself.

const EVERY = "script[data-every]"; // on the page as long as it waits, with the seconds between two questions
const seconds = Number(document.querySelector(EVERY)?.dataset.every);

async function look() {
  try {
    const answer = await fetch(location.href);
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.querySelector(EVERY)) return location.reload();
    } else if (answer.status < 500) return; // the order is no longer ours to see
  } catch {
    // Without a net the page stays as it is; the next time asks again.
  }
  setTimeout(look, seconds * 1000);
}

if (seconds) setTimeout(look, seconds * 1000);
