// Theme, text size and contrast at once, without a new page. The cookie is what the server reads next time.
// Without this script the buttons post their form.

const ATTRIBUTE = { tema: "theme", kontrast: "contrast", tekst: "text" };
const A_YEAR = 31_536_000;
const root = document.documentElement;
const first = { ...root.dataset };

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preference]");
  if (!button) return;
  event.preventDefault();
  const { preference, value } = button.dataset;
  const attribute = ATTRIBUTE[preference];
  const isOn = button.getAttribute("aria-pressed") !== "true";
  if (isOn) root.dataset[attribute] = value;
  else if (attribute === "theme") root.dataset.theme = first.theme === value ? "light" : first.theme;
  else delete root.dataset[attribute];
  document.cookie = `${preference}=${isOn ? value : ""}; path=/; max-age=${isOn ? A_YEAR : 0}; samesite=lax`;
  for (const other of document.querySelectorAll(`[data-preference="${preference}"]`)) {
    other.setAttribute("aria-pressed", String(isOn && other.dataset.value === value));
  }
});
