// A photo taken on the phone is sent as soon as it is chosen, so it is one tap: the label becomes the button. Without this
// script the browser's own button and "Gem billedet" stand there.

for (const form of document.querySelectorAll("[data-shoot]")) {
  const input = form.querySelector("input[type=file]");
  form.querySelector("label").classList.add("btn", "btn--second");
  form.querySelector("button").hidden = true;
  form.parentElement.dataset.ready = "";
  input.classList.add("visually-hidden");
  input.addEventListener("change", () => {
    if (input.files.length) form.submit();
  });
}
