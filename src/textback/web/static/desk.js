// What makes the pages live. Without any of it they still work: every action is a form, every page a whole page.

import { grow } from "./history.js";
import { list } from "./list.js";
import { atEnd, merge, stick } from "./merge.js";
import { say } from "./words.js";

const PAGE = { headers: { Accept: "text/html" } };

// One fetch at a time; news that come meanwhile cause one more.
let busy = false;
let again = null; // whether that one is asked for by somebody, and so may move what they look at
let acts = 0; // how many answers to what somebody did were shown
async function refresh(force = false) {
  if (busy) {
    again = Boolean(again) || force;
    return;
  }
  busy = true;
  const [address, before] = [location.href, acts];
  try {
    const response = await fetch(address, PAGE);
    const html = await response.text();
    if (response.redirected && new URL(response.url).pathname === "/login") signIn(response.url);
    // What somebody did meanwhile is not on this page yet, or another page is wanted by now.
    else if (acts !== before || location.href !== address) again = Boolean(again) || force;
    else if (response.ok) merge(html, { force, end: false });
  } catch {
    // The stream says when the server is back.
  } finally {
    busy = false;
    if (document.body.dataset.watch !== watched) follow();
    if (again !== null) {
      const wanted = again;
      again = null;
      refresh(wanted);
    }
  }
}

// Names this page to the server, so that others see who looks at the conversation.
const tab = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
document.body.dataset.tab = tab;

// Who was signed out while writing reads so, and signs in when they like: what they wrote is kept.
function signIn(url) {
  const bar = document.getElementById("signed-out");
  const draft = document.querySelector("[data-draft]");
  if (!bar || !draft?.value) {
    location.assign(url);
    return;
  }
  bar.querySelector("a").href = url;
  bar.hidden = false;
}

let stream;
let watched;
function follow() {
  if (!document.querySelector("[data-live]")) return;
  stream?.close();
  watched = document.body.dataset.watch ?? "";
  const lamp = document.getElementById("live");
  const show = (words, lost) => {
    if (!lamp) return;
    lamp.hidden = false;
    lamp.classList.toggle("is-lost", lost);
    lamp.lastElementChild.textContent = words;
  };
  let seen = new Date();
  let timer = 0;
  stream = new EventSource(`/events?c=${encodeURIComponent(watched)}&tab=${tab}`);
  stream.addEventListener("present", (event) => document.dispatchEvent(new CustomEvent("textback:present", { detail: JSON.parse(event.data) })));
  stream.addEventListener("hello", () => {
    clearTimeout(timer);
    show(say("Live"), false);
    refresh();
  });
  stream.addEventListener("changed", (event) => {
    seen = new Date();
    const simulator = document.body.classList.contains("page-sim");
    if (event.data === "here" || !simulator) refresh();
  });
  stream.addEventListener("error", () => {
    clearTimeout(timer);
    const time = seen.toLocaleTimeString(document.documentElement.lang === "en" ? [] : document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
    timer = setTimeout(() => show(say("Reconnecting, showing {time}", { time }), true), 4000);
    if (stream.readyState === EventSource.CLOSED) {
      refresh();
      setTimeout(follow, 5000);
    }
  });
}

function complain(words) {
  const place = document.getElementById("reply-error");
  if (!place) return;
  place.hidden = false;
  place.lastChild.textContent = words;
}

// The button that was pressed may be gone. Go on with what comes next, never at the top of the page.
function carryOn() {
  if (document.activeElement !== document.body) return;
  const open = document.getElementById("lock")?.dataset.locked === "" && matchMedia("(hover: hover)").matches;
  document.querySelector(open ? "#reply" : ".thread__name h2")?.focus({ preventScroll: true });
}

// Forms are sent in the background and the page that comes back is merged in. Who sends the next text before that has it
// sent afterwards.
async function send(form, button) {
  if (form.dataset.busy) {
    form.dataset.again = "1";
    return;
  }
  form.dataset.busy = "1";
  const body = new URLSearchParams(new FormData(form, button));
  const field = form.querySelector("textarea, input[name=text]");
  const text = field?.value;
  try {
    const response = await fetch(form.action, { method: "POST", body, ...PAGE });
    const html = await response.text();
    if (response.redirected && new URL(response.url).pathname === "/login") {
      signIn(response.url);
      return;
    }
    if (response.ok && field && field.value === text) {
      field.value = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      form.querySelector(".suggestion")?.setAttribute("hidden", "");
    }
    if (location.search.includes("t=") && response.ok) history.replaceState(null, "", location.pathname);
    // What stands beside the thread is changed there: the form is for the next one, and whoever used it stays with it.
    const beside = form.matches("[data-stay]") ? form.closest("[data-live]") : null;
    // News may have come before this answer, and put another form in this one's place.
    if (response.ok && beside) for (const one of document.getElementById(beside.id)?.querySelectorAll("form") ?? []) one.reset();
    if (response.ok || !beside) form.closest("details")?.removeAttribute("open");
    acts += 1;
    merge(html, { force: true, end: !beside });
    if (beside && document.activeElement === document.body) document.getElementById(beside.id)?.querySelector("summary, input:not([type=hidden])")?.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("sent", { detail: { form, ok: response.ok, html } }));
    if (document.body.dataset.watch !== watched) follow();
    if (!response.ok && !html.includes('id="reply-error"')) complain(say("That did not work. Load the page again."));
    // Who has gone elsewhere while the answer was on its way stays there.
    if (field?.isConnected && (document.activeElement === document.body || form.contains(document.activeElement))) field.focus({ preventScroll: true });
    else carryOn();
  } catch {
    complain(say("The server can't be reached. Your text is kept; try again."));
  } finally {
    const again = form.dataset.again && field?.value.trim();
    delete form.dataset.busy;
    delete form.dataset.again;
    if (again && form.isConnected) send(form, button);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-act], [data-reply], [data-text]")) return;
  event.preventDefault();
  send(form, event.submitter);
});

function logs() {
  const newer = document.getElementById("newer");
  for (const log of document.querySelectorAll("[data-stick-end]")) {
    stick(log);
    // A composer that grows must not push the newest text out of sight.
    let end = true;
    log.addEventListener("scroll", () => {
      end = atEnd(log);
    });
    new ResizeObserver(() => {
      if (end) stick(log);
    }).observe(log);
    newer?.addEventListener("click", () => {
      stick(log);
      newer.hidden = true;
    });
    log.addEventListener("scroll", () => {
      if (newer && log.scrollHeight - log.scrollTop - log.clientHeight < 8) newer.hidden = true;
    });
  }
}

function themes() {
  const group = document.querySelector("[data-theme-switch]");
  if (!group) return;
  const show = () => {
    const theme = document.documentElement.dataset.theme ?? "";
    for (const button of group.children) button.setAttribute("aria-pressed", String(button.dataset.themeSet === theme));
  };
  group.addEventListener("click", (event) => {
    const theme = event.target.dataset?.themeSet;
    if (theme === undefined) return;
    localStorage.setItem("theme", theme);
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    show();
  });
  show();
}

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.pop[open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.pop[open]")) {
    if (open.contains(document.activeElement)) open.querySelector("summary").focus();
    open.open = false;
  }
});

logs();
grow();
list(refresh);
themes();
follow();
// With many phones, the one that is open is in sight.
document.querySelector(".phones [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", (event) => {
  if (event.persisted) follow();
});
setInterval(() => {
  if (!document.hidden && document.querySelector("[data-rows]")) refresh();
}, 30000);
// Work that goes on in the background says how far it is.
setInterval(() => {
  if (!document.hidden && document.querySelector("[data-poll]")) refresh();
}, 1500);
