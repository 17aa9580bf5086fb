// The week by hand: a card is dragged to another day, a step without a day onto one, a person onto a task. The same forms
// are sent as "Flyt" and "Læg i ugen" send, so every rule is the server's. Without this script, and from the keyboard,
// the links stand on every card.

const give = document.querySelector("[data-give-url]")?.dataset.giveUrl;
const NAMES = ["step", "routine", "task", "title"];
let held = null;

function send(action, values, method = "post") {
  const form = document.createElement("form");
  form.method = method;
  form.action = action;
  for (const [name, value] of Object.entries(values)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value ?? "";
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

function targetOf(event) {
  const on = event.target.closest?.(".js-day, .js-work");
  if (!held || !on) return null;
  if (held.dataset.person) return event.target.closest(".js-work");
  const day = event.target.closest(".js-day");
  return day && !day.contains(held) ? day : null;
}

function leave(but) {
  for (const over of document.querySelectorAll("[data-over]")) if (over !== but) delete over.dataset.over;
}

function drop(target) {
  if (held.dataset.person) {
    const work = Object.fromEntries(NAMES.map((name) => [name, target.dataset[name]]));
    const day = target.dataset.day || held.dataset.day;
    send(give, { ...work, person: held.dataset.person, day, time: target.dataset.time });
  } else if (held.dataset.move) {
    send(held.dataset.move, { day: target.dataset.day, time: held.dataset.time, was_day: held.dataset.day, was_time: held.dataset.time });
  } else {
    send(give, { trin: held.dataset.step, dag: target.dataset.day }, "get");
  }
}

if (give) {
  for (const each of document.querySelectorAll("[data-move], [data-person], tr.js-work")) {
    each.draggable = true;
    each.addEventListener("dragstart", (event) => {
      held = each;
      event.stopPropagation();
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
    });
    each.addEventListener("dragend", () => {
      held = null;
      leave(null);
    });
  }
  document.addEventListener("dragover", (event) => {
    const target = targetOf(event);
    leave(target);
    if (!target) return;
    event.preventDefault();
    target.dataset.over = "";
  });
  document.addEventListener("drop", (event) => {
    const target = targetOf(event);
    if (!target) return;
    event.preventDefault();
    leave(null);
    drop(target);
    held = null;
  });
}
