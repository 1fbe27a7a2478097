// The list pane: new orders on request, more rows as its end is seen, selecting, and what can be taken back.

import { say } from "./words.js";

const LEAVE = 3000; // ms after pointer and keyboard have left the list, before a new order is shown
const TOAST = 6000;

export function list(refresh) {
  const rows = document.querySelector("[data-rows]");
  if (!rows) return;
  orders(rows, refresh);
  grow(rows, refresh);
  select(rows);
  toast();
  document.addEventListener("merged", toast);
  filter();
  remember(rows);
}

function orders(rows, refresh) {
  const button = document.getElementById("moves");
  button?.addEventListener("click", () => refresh(true));
  let timer = 0;
  const left = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (button && !button.hidden && !rows.matches(":hover") && !rows.contains(document.activeElement)) refresh(true);
    }, LEAVE);
  };
  rows.addEventListener("pointerleave", left);
  rows.addEventListener("focusout", left);
  rows.addEventListener("pointerenter", () => clearTimeout(timer));
  rows.addEventListener("focusin", () => clearTimeout(timer));
}

// The list grows at its end: the address then says how long it is, so that each refresh brings as many rows.
function grow(rows, refresh) {
  const seen = new IntersectionObserver((entries) => {
    const end = entries.find((entry) => entry.isIntersecting)?.target;
    if (!end?.isConnected) return;
    seen.disconnect();
    longer(new URL(end.querySelector("a").href).searchParams.get("rows"));
    refresh();
  }, { root: rows, rootMargin: "400px" });
  const watch = () => {
    seen.disconnect();
    const end = rows.querySelector("[data-grow]");
    if (end) seen.observe(end);
  };
  rows.addEventListener("rows", watch);
  watch();
}

function longer(count) {
  const here = new URL(location.href);
  here.searchParams.set("rows", count);
  history.replaceState(history.state, "", here);
}

function select(rows) {
  const bulk = document.getElementById("bulk");
  if (!bulk) return;
  let last = null;
  const picks = () => [...rows.querySelectorAll(".row__pick")];
  const show = () => {
    const count = picks().filter((one) => one.checked).length;
    rows.parentElement.classList.toggle("is-selecting", count > 0);
    document.getElementById("bulk-count").textContent = count ? say("{n} selected", { n: count }) : "";
  };
  rows.addEventListener("click", (event) => {
    const pick = event.target.closest?.(".row__pick");
    if (!pick) return;
    if (event.shiftKey && last?.isConnected) {
      const all = picks();
      const [from, to] = [all.indexOf(last), all.indexOf(pick)].sort((a, b) => a - b);
      for (const one of all.slice(from, to + 1)) one.checked = pick.checked;
    }
    last = pick;
  });
  rows.addEventListener("change", show);
  rows.addEventListener("rows", show);
  document.getElementById("bulk-none")?.addEventListener("click", () => {
    for (const one of picks()) one.checked = false;
    show();
    rows.querySelector(".row a")?.focus();
  });
  // A form has room for few fields: the chosen ones go in one.
  bulk.addEventListener("formdata", (event) => {
    const chosen = picks().filter((one) => one.checked);
    for (const one of chosen) event.formData.delete(one.name);
    event.formData.set("ids", chosen.map((one) => one.name.replace("pick-", "")).join(" "));
  });
  show();
}

// What was done says so for a while, and for as long as somebody looks at it.
function toast() {
  const place = document.getElementById("toasts");
  const shown = place?.querySelector("[data-toast]");
  if (!shown) return;
  const here = new URL(location.href);
  here.searchParams.delete("done");
  history.replaceState(history.state, "", here);
  // The next refresh has no toast any more, and must not take it away.
  document.getElementById("toasted")?.remove();
  const kept = place.cloneNode();
  kept.removeAttribute("data-live");
  kept.id = "toasted";
  kept.append(shown);
  place.after(kept);
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (shown.matches(":hover") || shown.contains(document.activeElement)) wait();
      else kept.remove();
    }, TOAST);
  };
  wait();
}

// Filters that are not set need no place in the address.
function filter() {
  document.querySelector("[data-filter]")?.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
  });
}

// Opening a conversation loads a page: the list stands where it stood.
function remember(rows) {
  const key = "list";
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
    if (kept.view === rows.dataset.view) rows.scrollTop = kept.top;
  } catch {
    // No storage: it begins at the top.
  }
  addEventListener("pagehide", () => {
    try {
      sessionStorage.setItem(key, JSON.stringify({ view: rows.dataset.view, top: rows.scrollTop }));
    } catch {
      // As above.
    }
  });
}
