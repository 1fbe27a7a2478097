// The thread's past: older texts come as its top comes near, finished episodes stay folded or open as somebody left them,
// and what is in view stays where it is.

import { say } from "./words.js";

const NEAR = "500px 0px 0px 0px"; // how near the top may come before older texts are asked for
const parse = (html) => new DOMParser().parseFromString(html, "text/html");

// Changes a log and leaves what is in view where it was. The browser's own anchoring does nothing at the very top, and
// rests meanwhile, so that nothing is moved twice.
export function hold(log, change) {
  const { top, bottom } = log.getBoundingClientRect();
  const seen = [];
  for (const one of log.querySelectorAll(".msgs > li, .episode > summary")) {
    const box = one.getBoundingClientRect();
    if (box.height && box.bottom > top && box.top < bottom) seen.push([one, box.top]);
  }
  log.classList.add("is-growing");
  const done = change();
  const mark = seen.find(([one]) => one.isConnected && one.getBoundingClientRect().height);
  if (mark) log.scrollTop += mark[0].getBoundingClientRect().top - mark[1];
  requestAnimationFrame(() => log.classList.remove("is-growing"));
  return done;
}

// An item becomes the fresh one. What of it is as before stays, with the keyboard's place: a picture, say, whose text has
// been delivered meanwhile. All of an item's words are inside its elements.
export function renew(old, item) {
  if (old.className !== item.className) old.className = item.className;
  const [mine, now] = [[...old.children], [...item.children]];
  let same = 0;
  while (same < mine.length && same < now.length && mine[same].outerHTML === now[same].outerHTML) same += 1;
  for (const gone of mine.slice(same)) gone.remove();
  old.append(...now.slice(same).map((one) => one.cloneNode(true)));
}

// Items of one episode, in place. Of what the fresh page lacks only what comes after `first` is gone: what comes before
// was loaded as the past, or has become it.
function merge(list, fresh, first, added) {
  let before = null;
  for (const item of [...fresh.children]) {
    const old = document.getElementById(item.id);
    if (!old) {
      const made = item.cloneNode(true);
      made.classList.add("is-fresh");
      const next = before ? before.nextSibling : ([...fresh.children].map((one) => list.querySelector(`#${CSS.escape(one.id)}`)).find(Boolean) ?? list.firstChild);
      list.insertBefore(made, next);
      before = made;
      added.push(made);
    } else {
      renew(old, item);
      before = old;
    }
  }
  const kept = new Set([...fresh.children].map((item) => item.id));
  for (const old of [...list.children]) if (!kept.has(old.id) && follows(first, old)) old.remove();
}

const follows = (first, one) => Boolean(first.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);

// The newest window of a thread, brought into the one on screen. Returns the items that are new.
export function episodes(list, fresh, page) {
  const known = [...fresh.querySelectorAll(".msgs > li:not(.day)")].map((item) => list.querySelector(`#${CSS.escape(item.id)}`));
  const first = known.find(Boolean);
  if (!first) {
    // Nothing in common, perhaps since the page slept for long: what is between is not known, so it begins anew.
    if (!known.length && !list.children.length) return [];
    list.replaceChildren(...[...fresh.children].map((one) => one.cloneNode(true)));
    const more = page.getElementById("earlier");
    if (more) document.getElementById("earlier")?.replaceWith(more.cloneNode(true));
    document.dispatchEvent(new Event("textback:earlier"));
    return [...list.querySelectorAll(".msgs > li")];
  }
  const added = [];
  for (const episode of fresh.children) {
    const old = document.getElementById(episode.id);
    if (!old) {
      const made = episode.cloneNode(true);
      const after = [...list.children].find((one) => one.dataset.begun !== "first" && (episode.dataset.begun === "first" || one.dataset.begun > episode.dataset.begun));
      list.insertBefore(made, after ?? null);
      added.push(...made.querySelectorAll(".msgs > li"));
      for (const item of made.querySelectorAll(".msgs > li")) item.classList.add("is-fresh");
      continue;
    }
    if (old.className !== episode.className) old.className = episode.className;
    const [line, now] = [old.firstElementChild, episode.firstElementChild];
    if (line.innerHTML !== now.innerHTML) line.innerHTML = now.innerHTML;
    merge(old.querySelector(".msgs"), episode.querySelector(".msgs"), first, added);
  }
  for (const old of [...list.children]) if (!fresh.querySelector(`#${CSS.escape(old.id)}`) && follows(first, old) && !old.contains(first)) old.remove();
  return added;
}

// An older window comes before what is there; of an episode that both have, before its items.
function prepend(list, older) {
  const top = list.firstElementChild;
  for (const episode of [...older.children]) {
    const old = document.getElementById(episode.id);
    if (!old) {
      list.insertBefore(episode, top);
      continue;
    }
    const items = old.querySelector(".msgs");
    let begin = items.firstElementChild;
    for (const item of [...episode.querySelectorAll(".msgs > li")]) {
      const same = document.getElementById(item.id);
      if (same && !same.matches(".day")) continue;
      if (same === begin) begin = begin?.nextElementSibling ?? null;
      same?.remove();
      items.insertBefore(item, begin);
    }
  }
}

export function grow() {
  const log = document.querySelector(".log[data-stick-end]");
  const list = log?.querySelector("[data-episodes]");
  if (!list) return;
  const place = () => document.getElementById("earlier");
  let busy = false;

  async function load(asked = false) {
    const { from } = place().dataset;
    if (busy || !from) return;
    busy = true;
    seen.disconnect();
    const link = place().querySelector("a");
    place().setAttribute("aria-busy", "true");
    try {
      const response = await fetch(from, { headers: { Accept: "text/html" } });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      const page = parse(await response.text());
      // The past is no news: it is not read aloud.
      log.setAttribute("aria-live", "off");
      const focused = asked && document.activeElement === link;
      hold(log, () => {
        prepend(list, page.getElementById("msgs"));
        place().replaceWith(page.getElementById("earlier"));
      });
      if (focused) (place().querySelector("a") ?? log).focus({ preventScroll: true });
      setTimeout(() => log.removeAttribute("aria-live"), 500);
      busy = false;
      watch();
    } catch {
      // The link is left, which leads to a page of its own: perhaps they are signed out.
      place().removeAttribute("aria-busy");
      busy = false;
      if (asked) location.assign(link.href);
      else link.textContent = say("Earlier texts did not load. Try again");
    }
  }

  const seen = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) load();
  }, { root: log, rootMargin: NEAR });
  const watch = () => {
    seen.disconnect();
    if (place()?.dataset.from) seen.observe(place());
  };
  log.addEventListener("click", (event) => {
    if (!event.target.closest?.("#earlier a") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    load(true);
  });
  document.addEventListener("textback:earlier", watch);
  watch();
}
