// Rows of a list change in place at once. A new order waits until nobody points at the list or works in it.

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

function replace(list, fresh) {
  const at = document.activeElement?.closest?.(".row")?.id;
  const pick = document.activeElement?.matches?.(".row__pick");
  const top = list.scrollTop;
  const picked = [...list.querySelectorAll(".row__pick:checked")].map((one) => one.name);
  if (list.innerHTML !== fresh.innerHTML) {
    list.innerHTML = fresh.innerHTML;
    for (const name of picked) {
      const again = list.querySelector(`[name="${CSS.escape(name)}"]`);
      if (again) again.checked = true;
    }
  }
  list.scrollTop = top;
  if (at) document.getElementById(at)?.querySelector(pick ? ".row__pick" : "a")?.focus({ preventScroll: true });
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
    button.textContent = `${moved(before, after)} moved`;
  }
}
