// Bare-key shortcuts: off in fields, off altogether for whoever wants that, and listed by "?".

const OFF = "keys-off";
const AFTER_G = 1500; // ms in which the second key of a pair may follow

export const on = () => {
  try {
    return localStorage.getItem(OFF) !== "1";
  } catch {
    return true;
  }
};

const typing = (place) => place?.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=button]), [contenteditable]");

// What a key is for on this page: what names it, else one of these.
const PLACES = {
  t: '.thread form[action*="/take"] button',
  b: '.thread form[action*="/return"] button, .thread details:has(form[action*="/return"]) > summary',
  e: '.thread form[action*="/complete"] button',
  r: "#reply",
  l: "#person-tag",
  i: '.thread a[href*="/card"], .thread__head a[href*="/c/"]',
};
const GO = { d: "/desk/needs-you", l: "/leads", r: "/reports", f: "/flows", t: "/try", p: "/search" };

export function target(key) {
  const named = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const found = named ?? (PLACES[key] ? document.querySelector(PLACES[key]) : null);
  return found?.checkVisibility() && !found.disabled ? found : null;
}

export function press(place) {
  if (!place) return false;
  if (place.matches("summary")) {
    const menu = place.parentElement;
    menu.open = !menu.open;
    if (menu.open) menu.querySelector("input:not([type=hidden]), select, button, a")?.focus();
    else place.focus();
  } else if (place.matches("textarea, input")) place.focus();
  else place.click();
  return true;
}

const rows = () => [...document.querySelectorAll("[data-rows] .row > a")].filter((row) => row.checkVisibility());
const current = () => document.activeElement?.closest?.(".row") ?? document.querySelector(".row.is-open");

function move(by) {
  const all = rows();
  const at = all.indexOf(current()?.querySelector("a"));
  all[Math.min(Math.max(at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by, 0), all.length - 1)]?.focus();
}

function pick() {
  const box = current()?.querySelector(".row__pick");
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

// Complete it, and open what comes next in the list.
export async function completeAndNext() {
  const form = document.querySelector('.thread form[action*="/complete"]');
  if (!form) return;
  const all = rows();
  const at = all.findIndex((row) => row.closest(".row").classList.contains("is-open"));
  const next = all[at + 1] ?? all[at - 1];
  const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" } });
  if (response.ok) location.assign(next?.href ?? document.querySelector('.tabs [aria-current="page"]')?.href ?? "/");
}

export function sheet() {
  const dialog = document.getElementById("keys");
  if (dialog && !dialog.open) dialog.showModal();
}

let pair = 0;
function go(key) {
  const link = GO[key];
  // Only to what this person has in the rail, or that is always there.
  const known = link && (link === "/search" || document.querySelector(`.rail a[href="${link}"]`));
  if (known) location.assign(link);
}

const DO = {
  j: () => move(1),
  k: () => move(-1),
  o: () => current()?.querySelector("a")?.click(),
  x: pick,
  E: completeAndNext,
  "?": sheet,
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const place = event.target;
  if (typing(place)) {
    if (event.key === "Escape" && !place.closest("dialog, details.pop[open]")) place.blur();
    return;
  }
  if (!on() || document.querySelector("dialog[open]") || event.key.length !== 1 || event.repeat) return;
  if (Date.now() - pair < AFTER_G) {
    pair = 0;
    event.preventDefault();
    go(event.key);
    return;
  }
  if (event.key === "g") {
    pair = Date.now();
    return;
  }
  if (event.key === " ") return;
  const act = DO[event.key];
  if (act) {
    event.preventDefault();
    act();
  } else if (press(target(event.key))) event.preventDefault();
});

document.getElementById("keys")?.addEventListener("click", (event) => {
  if (event.target.id === "keys" || event.target.closest("[data-close]")) event.currentTarget.close();
});

// Switched in the account: kept in this browser, as the theme is.
const group = document.querySelector("[data-keys-switch]");
if (group) {
  const show = () => {
    for (const button of group.children) button.setAttribute("aria-pressed", String((button.dataset.keysSet === "on") === on()));
  };
  group.addEventListener("click", (event) => {
    const wanted = event.target.dataset?.keysSet;
    if (!wanted) return;
    if (wanted === "on") localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    show();
  });
  show();
}
