// A part of a page that changes by itself: it is fetched anew every ten seconds and put in place when it says another thing.
// Without this script the page says it when it is loaded again. Fetching keeps nobody's session open.

const EVERY = 10_000;
const title = document.title;

function install(place) {
  function put(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    if (fresh.innerHTML.trim() === place.innerHTML.trim()) return;
    const hadFocus = place.contains(document.activeElement);
    place.replaceChildren(fresh.content);
    if (hadFocus) place.querySelector("a, button")?.focus();
  }

  function tell() {
    const count = place.querySelectorAll("[data-one]").length;
    document.title = count ? `(${count}) ${title}` : title;
  }

  const timer = setInterval(async () => {
    try {
      const answer = await fetch(place.dataset.poll, { redirect: "manual" });
      if (answer.ok) put(await answer.text());
      else if (answer.type === "opaqueredirect" || answer.status < 500) clearInterval(timer); // signed out by now
      tell();
    } catch {
      // Without a net the page stays as it is; the next time asks again.
    }
  }, EVERY);
  tell();
}

document.querySelectorAll("[data-poll]").forEach(install);
