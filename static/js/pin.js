// Digit buttons for the PIN: they fill the field and the dots, and the fourth digit sends the form.
// Without this script the field itself is typed into.

const LENGTH = 4;
const START_OVER = 8_000;

function install(box) {
  const field = box.querySelector("input");
  const dots = [...box.querySelectorAll(".pin-dots li")];
  const say = box.querySelector("[data-say]");
  let isSent = false; // a hand that taps twice sends one try, not two

  function show() {
    dots.forEach((dot, i) => dot.toggleAttribute("data-on", i < field.value.length));
    say.textContent = say.dataset.say.replace("#", field.value.length);
  }

  function write(value) {
    if (isSent) return;
    field.value = value.replace(/\D/g, "").slice(0, LENGTH);
    show();
    if (field.value.length === LENGTH) field.form.requestSubmit();
  }

  box.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.digit) write(field.value + button.dataset.digit);
    if ("erase" in button.dataset) write(field.value.slice(0, -1));
  });
  // A keyboard works as well as the buttons, wherever the focus is.
  document.addEventListener("keydown", (event) => {
    if (event.target === field || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^\d$/.test(event.key)) write(field.value + event.key);
    if (event.key === "Backspace") write(field.value.slice(0, -1));
  });
  field.addEventListener("input", () => write(field.value));
  function startOver() {
    isSent = false;
    field.value = "";
    show();
  }
  field.form.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    else setTimeout(startOver, START_OVER); // still here by then: it did not get through
    isSent = true;
  });
  window.addEventListener("pageshow", (event) => event.persisted && startOver());

  field.classList.add("visually-hidden");
  field.readOnly = true; // keeps the tablet's own keyboard away
  field.tabIndex = -1;
  box.querySelectorAll("[hidden]").forEach((part) => part.removeAttribute("hidden"));
  show();
}

document.querySelectorAll("[data-pin]").forEach(install);
