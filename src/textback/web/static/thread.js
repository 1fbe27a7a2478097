// What the open conversation says of people: who else looks at it, that somebody types here, and for how long it is kept.

import { say } from "./words.js";

const QUIET = 60000; // ms between two signs of life
const TYPED = 4000; // ms after which whoever stopped typing reads
const WARN = 60000; // ms before a lease ends at which the page says so
const tab = document.body.dataset.tab;
const watched = document.body.dataset.watch;
const csrf = document.querySelector("input[name=csrf]")?.value ?? "";

async function tell(doing, more = {}) {
  const body = new URLSearchParams({ csrf, tab, doing, ...more });
  try {
    await fetch(`/c/${watched}/here`, { method: "POST", body });
  } catch {
    // The stream says when the server is back.
  }
}

let doing = "reading";
let alive = -Infinity; // when a sign of life was last sent
let timer = 0;
function does(now, more = {}) {
  const at = performance.now();
  const mine = document.getElementById("lease")?.dataset.lease !== "0";
  const due = mine && now !== "away" && at - alive > QUIET;
  if (now === doing && !due && !more.keep) return;
  doing = now;
  if (due || more.keep) {
    alive = at;
    more.alive = "1";
  }
  tell(now, more);
}

// Whoever moves or scrolls reads; whoever writes types. The mere page, open in front of nobody, is no sign of life.
for (const kind of ["pointermove", "keydown", "scroll", "touchstart"]) {
  addEventListener(kind, () => doing !== "typing" && does("reading"), { capture: true, passive: true });
}
document.addEventListener("input", (event) => {
  if (!event.target.matches(".composer textarea")) return;
  does("typing");
  clearTimeout(timer);
  timer = setTimeout(() => does("reading"), TYPED);
});
document.addEventListener("visibilitychange", () => does(document.hidden ? "away" : "reading"));
if (document.hidden) does("away");

// How long it stays theirs is counted from when the page was made, by a clock that nobody can set.
let lease = "";
let ends = Infinity;
setInterval(() => {
  const place = document.getElementById("lease");
  const bar = document.getElementById("leaving");
  if (!place || !bar) return;
  if (place.dataset.lease !== lease) {
    lease = place.dataset.lease;
    ends = lease === "0" ? Infinity : performance.now() + Number(lease);
  }
  const left = ends - performance.now();
  bar.hidden = !(left < WARN && left > 0);
}, 1000);
document.getElementById("keep")?.addEventListener("click", () => {
  document.getElementById("leaving").hidden = true;
  ends = Infinity;
  does("reading", { keep: "1" });
});

// Who else is here comes with the stream.
export function present(others) {
  const place = document.getElementById("others");
  if (!place) return;
  const made = others.flatMap(([name, what]) => [" ", Object.assign(document.createElement("span"), { className: "others__one", textContent: `${name} ${say(what)}` })]);
  place.replaceChildren(...made);
}
document.addEventListener("textback:present", (event) => present(event.detail));
