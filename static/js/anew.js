// A page that answers a form is asked for anew by Back and by reload. Sent again it would only raise questions.

history.replaceState(null, "", location.href);
