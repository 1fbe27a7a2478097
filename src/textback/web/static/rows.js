// Rows of a list change in place at once. A new order waits until nobody points at the list or works in it.

import { say } from "./words.js";

const ids = (root) => [...root.querySelectorAll(".row")].map((row) => row.id);
const heads = (root) => [...root.querySelectorAll(".list__group")].map((group) => group.textContent).join();

// How many rows stand elsewhere: all but the longest run that keeps its order.
export function moved(before, after) {
  const place = new Map(before.map((id, n) => [id, n]));
  const ends = [];
  for (const id of after) {
    const at = place.get(id);
    if (at === undefined) continue;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle] < at) low = middle + 1;
      else high = middle;
    }
    ends[low] = at;
  }
  return Math.max(before.length, after.length) - ends.length;
}

// Whether the new rows only follow the old ones.
const follows = (before, after) => after.length > before.length && before.every((id, n) => after[n] === id);

// What the pointer is on, or the keyboard is in: the list itself, not the page behind an open menu.
const inUse = (list) => list.matches(":hover") || list.contains(document.activeElement);

// The row on screen becomes the fresh one. Its link and box stay what they are: somebody may stand on them.
function renew(old, row) {
  if (old.outerHTML === row.outerHTML) return;
  old.className = row.className;
  const [link, now] = [old.querySelector("a"), row.querySelector("a")];
  if (!link || !now || old.children.length !== row.children.length) {
    const at = old.contains(document.activeElement) && (document.activeElement.matches(".row__pick") ? ".row__pick" : "a");
    old.innerHTML = row.innerHTML;
    if (at) old.querySelector(at)?.focus({ preventScroll: true });
    return;
  }
  for (const { name, value } of now.attributes) link.setAttribute(name, value);
  for (const { name } of [...link.attributes]) if (!now.hasAttribute(name)) link.removeAttribute(name);
  if (link.innerHTML !== now.innerHTML) link.innerHTML = now.innerHTML;
}

const shape = (root) => [...root.children].map((one) => one.tagName).join();

// Rows that stay are moved only where they must be: moving takes the keyboard's place away, which is then given back.
function fill(old, fresh) {
  const mine = new Set(ids(fresh));
  let next = old.firstElementChild;
  for (const row of fresh.children) {
    while (next && !mine.has(next.id)) next = next.nextElementSibling;
    const kept = document.getElementById(row.id);
    if (kept) renew(kept, row);
    if (kept && kept === next) {
      next = next.nextElementSibling;
      continue;
    }
    const focused = kept?.contains(document.activeElement) ? document.activeElement : null;
    old.insertBefore(kept ?? row.cloneNode(true), next);
    focused?.focus({ preventScroll: true });
  }
}

// Other groups than before: all is new, but for what is selected and where the keyboard is.
function anew(list, fresh) {
  const at = document.activeElement?.closest?.(".row")?.id;
  const pick = document.activeElement?.matches?.(".row__pick");
  const picked = [...list.querySelectorAll(".row__pick:checked")].map((one) => one.name);
  list.innerHTML = fresh.innerHTML;
  for (const name of picked) {
    const again = list.querySelector(`[name="${CSS.escape(name)}"]`);
    if (again) again.checked = true;
  }
  if (at) document.getElementById(at)?.querySelector(pick ? ".row__pick" : "a")?.focus({ preventScroll: true });
}

function replace(list, fresh) {
  const top = list.scrollTop;
  if (list.innerHTML !== fresh.innerHTML) {
    if (shape(list) !== shape(fresh)) anew(list, fresh);
    else {
      const stay = new Set(ids(fresh));
      for (const row of list.querySelectorAll(".row")) if (!stay.has(row.id)) row.remove();
      [...list.children].forEach((old, n) => {
        const now = fresh.children[n];
        if (old.matches(".rows")) fill(old, now);
        else if (old.outerHTML !== now.outerHTML) old.replaceWith(now.cloneNode(true));
      });
    }
  }
  list.scrollTop = top;
  list.dispatchEvent(new Event("rows", { bubbles: true }));
}

export function rows(page, force) {
  const list = document.querySelector("[data-rows]");
  const fresh = list && page.getElementById(list.id);
  const button = document.getElementById("moves");
  if (!fresh) return;
  const [before, after] = [ids(list), ids(fresh)];
  const same = before.join() === after.join() && heads(list) === heads(fresh);
  const other = list.dataset.view !== fresh.dataset.view;
  if (same || other || force || follows(before, after) || !inUse(list)) {
    list.dataset.view = fresh.dataset.view;
    replace(list, fresh);
    if (button) button.hidden = true;
    return;
  }
  for (const old of list.querySelectorAll(".row")) {
    const row = page.getElementById(old.id);
    old.classList.toggle("is-gone", !row);
    const link = row?.querySelector("a");
    const mine = old.querySelector("a");
    if (link && mine.innerHTML !== link.innerHTML) mine.innerHTML = link.innerHTML;
  }
  if (button) {
    button.hidden = false;
    button.textContent = say("{n} moved", { n: moved(before, after) });
  }
}
