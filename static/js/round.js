// Counts the answers of a round while they are given. The server counts them again; without this the first count stands.

const said = document.querySelector("[data-said]");
const NOT_TODAY = "-";

function chosen(row, field) {
  return row.querySelector(`input[name$="-${field}"]:checked`)?.value;
}

function isAnswered(row) {
  const minutes = row.querySelector('input[name$="-minutes"]');
  const support = chosen(row, "support");
  if (minutes.value.trim() === "0" && !support) return true;
  return support === NOT_TODAY || Boolean(support && chosen(row, "quality") && minutes.value.trim());
}

function count() {
  // Somebody whose answer a colleague has to see has no fields here, and lacks nothing.
  const rows = [...document.querySelectorAll(".crew__row")].filter((row) => row.querySelector("input[name$='-minutes']"));
  const missing = rows.filter((row) => !isAnswered(row));
  for (const row of rows) row.classList.toggle("crew__row--empty", missing.includes(row));
  said.querySelector("b").textContent = said.dataset.said.replace("@", rows.length - missing.length);
  const names = missing.map((row) => row.querySelector("b").textContent).join(", ");
  said.querySelector("span").textContent = missing.length ? said.dataset.missing.replace("@", names) : "";
}

if (said) {
  document.querySelector(".crew").addEventListener("input", count);
  count();
}
