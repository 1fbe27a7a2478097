// Tells a person by their browser when a conversation becomes theirs or waits too long, and when a note names them. Off until they turn it on in
// their account, for this browser only. It makes no sound and says no word of the contact's.

import { say } from "./words.js";

const ON = "textback.bell";
const SINCE = "textback.bell.since";
const EVERY = 15000;
const SAYS = {
  off: say("Your browser can tell you when a conversation becomes yours or waits too long, and when a note names you."),
  on: say("Your browser tells you when a conversation becomes yours or waits too long, and when a note names you."),
  refused: say("Your browser does not allow notifications for this page. Allow them in its settings."),
};

const kept = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
};
const keep = (name, value) => {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Without storage it stays off.
  }
};

const can = "Notification" in window;
const on = () => can && kept(ON) === "1" && Notification.permission === "granted";

function show() {
  const place = document.querySelector("[data-bell]");
  if (!place || !can) return;
  place.hidden = false;
  const state = Notification.permission === "denied" ? "refused" : on() ? "on" : "off";
  place.querySelector("[data-bell-says]").textContent = SAYS[state];
  place.querySelector("[data-bell-on]").hidden = state !== "off";
  place.querySelector("[data-bell-off]").hidden = state !== "on";
}

document.addEventListener("click", async (event) => {
  if (event.target.closest?.("[data-bell-on]")) {
    if ((await Notification.requestPermission()) === "granted") keep(ON, "1");
    keep(SINCE, null);
    show();
  } else if (event.target.closest?.("[data-bell-off]")) {
    keep(ON, null);
    show();
  }
});

// Who looks at the desk sees it there; all tabs share what was told, and the browser shows what has one tag once.
async function look() {
  if (!on()) return;
  try {
    const response = await fetch(`/news?since=${kept(SINCE) ?? ""}`, { headers: { Accept: "application/json" } });
    if (!response.ok || response.redirected) return;
    const { now, news } = await response.json();
    keep(SINCE, String(now));
    if (document.visibilityState === "visible" && document.hasFocus()) return;
    for (const one of news) {
      const title = { late: say("A conversation has waited too long"), named: say("A note names you") }[one.kind] ?? say("A conversation is yours now");
      const told = new Notification(title, { body: one.queue, tag: `${one.id}-${one.kind}-${one.at}`, silent: true });
      told.onclick = () => {
        focus();
        location.assign(one.kind === "named" ? `/mentions/${one.turn}` : `/c/${one.id}`);
      };
    }
  } catch {
    // The server is away; the next look asks from the same time.
  }
}

show();
if (document.querySelector(".rail")) {
  look();
  setInterval(look, EVERY);
}
