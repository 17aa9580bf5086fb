// Reads a label with the camera where the browser can. The field for the number is always there and needs no script.
//
// On a page (see templates/products/scan.html):
//   <form data-scan>          what was read (an address of ours, or a number) goes into its first text field; it is sent
//   <div data-scan-video hidden>  the camera's part, holding one <video muted playsinline>; shown while the camera runs
//   <button type="button" data-scan-start hidden>  optional: asks for the camera. Without it the camera starts by itself,
//                             as it does where it is allowed already, unless the form says data-scan="wait"
//   <p role="status" data-scan-say data-denied="…" data-other="…">  what to say when there is no camera, or another's code
// The server reads the field with workshop/products/codes/queries.find(session, text).

const OURS = /^\s*(?:https?:\/\/[^/?#]+\/q\/[2-9a-hj-kmnp-z]{10}|[0-9]{1,9})\s*$/i;
const PAUSE = 150; // milliseconds between two looks, so that an old tablet stays cool

function install(form) {
  const part = document.querySelector("[data-scan-video]");
  const video = part?.querySelector("video");
  const button = document.querySelector("[data-scan-start]");
  const status = document.querySelector("[data-scan-say]");
  const field = form.querySelector("input:not([type=hidden])");
  let detector = null;
  let stream = null;
  let isWanted = false;

  function say(sentence) {
    if (status && sentence) status.textContent = sentence;
  }

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
  }

  function giveUp() {
    isWanted = false;
    stop();
    part.hidden = true;
    if (button) button.hidden = true;
    say(status?.dataset.denied);
  }

  function take(text) {
    isWanted = false;
    stop();
    field.value = text.trim();
    form.requestSubmit();
  }

  async function look(mine) {
    if (stream !== mine) return;
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      const found = await detector.detect(video).catch(() => []);
      if (stream !== mine) return;
      const code = found.find((each) => OURS.test(each.rawValue));
      if (code) return take(code.rawValue);
      if (found.length) say(status?.dataset.other);
    }
    setTimeout(look, PAUSE, mine);
  }

  async function start() {
    isWanted = true;
    if (button) button.hidden = true;
    try {
      const mine = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      stop();
      if (!isWanted || document.hidden) return mine.getTracks().forEach((track) => track.stop());
      stream = mine;
      video.srcObject = mine;
      part.hidden = false;
      await video.play();
      look(mine);
    } catch {
      giveUp(); // no camera, somebody else has it, or a "no": the number is typed
    }
  }

  async function isAllowed() {
    const answer = await navigator.permissions?.query({ name: "camera" }).catch(() => null);
    return answer?.state === "granted";
  }

  async function begin() {
    if (!video || !field || !window.isSecureContext || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
    const formats = await window.BarcodeDetector.getSupportedFormats();
    if (!formats.includes("qr_code")) return;
    detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    button?.addEventListener("click", start);
    if (button && (form.dataset.scan === "wait" || !(await isAllowed()))) button.hidden = false;
    else start();
  }

  // The camera's lamp goes out when nobody looks at the page, and on again when they do.
  document.addEventListener("visibilitychange", () => {
    if (!detector || !isWanted) return;
    if (document.hidden) stop();
    else start();
  });
  window.addEventListener("pagehide", () => detector && stop());
  begin();
}

document.querySelectorAll("form[data-scan]").forEach(install);
