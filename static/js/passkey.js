// Passkeys: asks our server what to sign, asks the device to sign it, and sends the answer as an ordinary form.
// Where the browser does not know them the form stays hidden, and the words beside it say what to do instead.

const isKnown = "credentials" in navigator && window.PublicKeyCredential?.parseRequestOptionsFromJSON;

async function ask(form) {
  const answer = await fetch(form.dataset.start, { method: "POST" });
  if (!answer.ok) throw new Error("not now");
  const { id, publicKey } = await answer.json();
  const signed =
    form.dataset.passkey === "make"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  form.elements.challenge.value = id;
  form.elements.answer.value = JSON.stringify(signed.toJSON());
}

function install(form) {
  const failed = form.querySelector("[data-passkey-failed]");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    failed.hidden = true;
    ask(form)
      .then(() => form.submit())
      .catch(() => (failed.hidden = false)); // They said no, took too long, or have none: the other ways stay.
  });
}

if (isKnown) {
  document.querySelectorAll("[data-passkey]").forEach(install);
  for (const words of document.querySelectorAll("[data-no-passkey]")) words.hidden = true;
}
