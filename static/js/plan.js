// A visit is dragged to a team's day: the same form is sent as "Flyt" sends, so every rule is the server's. Without this
// script, and from the keyboard, "Flyt" stands on each visit.

let held = null;

function add(form, name, value) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  form.append(field);
}

function move(visit, lane) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = visit.dataset.visit;
  add(form, "drop", "1");
  add(form, "version", visit.dataset.version);
  add(form, "day", lane.dataset.day);
  add(form, "team", lane.dataset.team);
  document.body.append(form);
  form.submit();
}

function leave(but) {
  for (const over of document.querySelectorAll("[data-over]")) if (over !== but) delete over.dataset.over;
}

function laneUnder(event) {
  return held && event.target.closest?.("[data-team]");
}

for (const visit of document.querySelectorAll("[data-visit]")) {
  visit.draggable = true;
  visit.addEventListener("dragstart", (event) => {
    held = visit;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", visit.dataset.version);
  });
  visit.addEventListener("dragend", () => {
    held = null;
    leave(null);
  });
}
document.addEventListener("dragover", (event) => {
  const lane = laneUnder(event);
  leave(lane);
  if (!lane) return;
  event.preventDefault();
  lane.dataset.over = "";
});
document.addEventListener("drop", (event) => {
  const lane = laneUnder(event);
  if (!lane) return;
  event.preventDefault();
  const visit = held;
  held = null;
  leave(null);
  if (!lane.contains(visit)) move(visit, lane);
});
