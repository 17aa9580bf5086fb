// One large button for the camera, and the photo on the screen before it is sent.
// Without this script the browser's own button and "Gem billedet" stand there.

function install(input) {
  const finder = document.getElementById(input.dataset.preview);
  const pick = input.form.querySelector("[data-photo-pick]");
  const save = input.form.querySelector("[data-photo-save]");
  let address = "";

  function show(file) {
    const picture = new Image();
    picture.className = "art";
    picture.alt = input.dataset.previewAlt;
    if (address) URL.revokeObjectURL(address);
    address = URL.createObjectURL(file);
    // What cannot be shown is left to the server, which says why.
    picture.addEventListener("load", () => finder.replaceChildren(picture));
    picture.src = address;
  }

  const isSecond = pick.classList.contains("btn--second");

  function settle() {
    save.hidden = !input.files.length;
    pick.classList.toggle("btn--second", isSecond || !save.hidden);
    if (input.files.length) show(input.files[0]);
  }

  input.addEventListener("change", settle);
  input.classList.add("visually-hidden");
  pick.hidden = false;
  // A photo may be there already: chosen before this script was, or kept by the browser over a reload.
  settle();
}

document.querySelectorAll("input[data-preview]").forEach(install);
