// An order is dragged onto a day: the same form is sent as "Flyt" sends, so every rule is the server's. Without this
// script, and from the keyboard, "Flyt" stands on each order.

const days = document.querySelector("[data-move-days]");
let held = null;

function add(form, name, value) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  form.append(field);
}

function move(order, day) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = order.dataset.order;
  add(form, "version", order.dataset.version);
  add(form, "due_on", day);
  add(form, "lacking", order.dataset.lacking);
  add(form, "note", order.dataset.note);
  document.body.append(form);
  form.submit();
}

function letGo() {
  held = null;
  if (days) days.hidden = true;
  for (const over of document.querySelectorAll("[data-over]")) delete over.dataset.over;
}

function dayUnder(event) {
  return held && event.target.closest?.("[data-day]");
}

if (days) {
  for (const order of document.querySelectorAll("[data-order]")) {
    order.draggable = true;
    order.addEventListener("dragstart", (event) => {
      held = order;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", order.dataset.version);
      // Showing something while a drag begins ends it in some browsers; a moment later it does not.
      setTimeout(() => {
        if (held) days.hidden = false;
      }, 0);
    });
    order.addEventListener("dragend", letGo);
  }
  document.addEventListener("dragover", (event) => {
    const day = dayUnder(event);
    for (const over of document.querySelectorAll("[data-over]")) if (over !== day) delete over.dataset.over;
    if (!day) return;
    event.preventDefault();
    day.dataset.over = "";
  });
  document.addEventListener("drop", (event) => {
    const day = dayUnder(event);
    if (!day) return;
    event.preventDefault();
    const order = held;
    letGo();
    if (day.dataset.day !== order.dataset.due_on) move(order, day.dataset.day);
  });
}
