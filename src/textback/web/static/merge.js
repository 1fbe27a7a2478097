// Bringing a freshly fetched page into the one on screen, without moving what is under the pointer or in the keyboard.

import { episodes, hold, renew } from "./history.js";
import { rows } from "./rows.js";

const FOLLOW = 80; // px from the end within which a log follows new texts

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

export function atEnd(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight < FOLLOW;
}

export function stick(log) {
  log.scrollTop = log.scrollHeight;
}

const words = (control) => control.name + control.value + control.textContent.trim() + control.getAttribute("aria-label");

// A link is the same one while it leads to the same place: the number in it may have changed.
const alike = (one, focused) =>
  one.tagName === focused.tagName && (one.matches("a[href]") ? one.getAttribute("href") === focused.getAttribute("href") : words(one) === words(focused));

const CONTROLS = "a, button, input, summary, [tabindex]"; // what the keyboard may be on, or has been put on

function same(root, focused) {
  const all = [...(root.matches(CONTROLS) ? [root] : []), ...root.querySelectorAll(CONTROLS)];
  return all.find((one) => alike(one, focused));
}

function live(page, force) {
  for (const fresh of page.querySelectorAll("[data-live], [data-part]")) {
    const old = document.getElementById(fresh.id);
    if (!old || old.outerHTML === fresh.outerHTML || old.querySelector("details[open]")) continue;
    // What was wrong with somebody's last step stays until their next one: news of others must not take it away unread.
    if (!force && fresh.hidden && old.matches("[role=alert]:not([hidden])")) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const made = fresh.cloneNode(true);
    const typed = [...old.querySelectorAll("textarea[id], input[id]:not([type=hidden])")].filter((one) => one.value !== one.defaultValue);
    const place = focused?.id && typeof focused.selectionStart === "number" ? [focused.selectionStart, focused.selectionEnd] : null;
    old.replaceWith(made);
    // What somebody is writing stays, as long as it is about the same thing.
    for (const field of typed) {
      const now = made.querySelector(`#${CSS.escape(field.id)}`);
      if (now && now.defaultValue === field.defaultValue) now.value = field.value;
    }
    const again = place && made.querySelector(`#${CSS.escape(focused.id)}`);
    if (again) {
      again.focus();
      again.setSelectionRange(...place);
    } else if (focused) {
      // Only to what is the same thing: another button in its place would be pressed by mistake.
      same(made, focused)?.focus();
    }
  }
}

// Texts and events are added, changed or removed in place; nothing else in the log moves.
function items(page) {
  const list = document.querySelector("[data-items]");
  const fresh = list && page.getElementById(list.id);
  if (!fresh) return [];
  if (list.matches("[data-episodes]")) return episodes(list, fresh, page);
  const added = [];
  let before = null;
  for (const item of [...fresh.children]) {
    const old = document.getElementById(item.id);
    if (!old) {
      const made = item.cloneNode(true);
      made.classList.add("is-fresh");
      if (before) before.after(made);
      else list.prepend(made);
      before = made;
      added.push(made);
    } else {
      renew(old, item);
      before = old;
    }
  }
  for (const old of [...list.children]) if (!page.getElementById(old.id)) old.remove();
  return added;
}

export function merge(html, { force = false, end: toEnd = force } = {}) {
  const page = parse(html);
  const logs = [...document.querySelectorAll("[data-stick-end]")].map((log) => [log, atEnd(log)]);
  document.title = page.title;
  document.body.dataset.watch = page.body.dataset.watch ?? "";
  live(page, force);
  rows(page, force);
  const log = logs.find(([one, end]) => !end && one.querySelector("[data-episodes]"))?.[0];
  const added = log && !toEnd ? hold(log, () => items(page)) : items(page);
  const texts = added.filter((item) => item.matches(".msg--in, .sms--biz"));
  for (const [log, end] of logs) {
    if (end || toEnd) stick(log);
    else if (texts.length) document.getElementById("newer")?.removeAttribute("hidden");
  }
  const said = document.getElementById("said");
  if (said && texts.length) {
    const name = document.querySelector(".thread__name h2")?.textContent ?? "";
    said.textContent = texts.map((item) => `${name}: ${item.querySelector(".msg__text")?.textContent ?? ""}`).join(" ");
  }
  document.dispatchEvent(new Event("merged"));
}
