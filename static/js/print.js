// A button that opens the browser's own print window. Without scripts it stays hidden and the words beside it do.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const words of document.querySelectorAll("[data-print-by-hand]")) words.hidden = true;
