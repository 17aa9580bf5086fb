// A page that answers a form is asked for anew by Back and by reload. Sent again it would only raise questions.
// Where nothing can be read at the form's own address, the tag says where its page stands.

history.replaceState(null, "", document.querySelector("[data-anew]")?.dataset.anew ?? location.href);
