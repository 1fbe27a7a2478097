// "Merge with…" in a dialog over the conversation: the same pages, without leaving it. Merging itself is a form.

import { say } from "./words.js";

let dialog = null;
let from = null; // what opened it, where the keyboard goes back to

function made() {
  const found = document.createElement("dialog");
  found.className = "merging";
  const head = document.createElement("header");
  const title = Object.assign(document.createElement("h2"), { id: "merging-title", tabIndex: -1 });
  const close = Object.assign(document.createElement("button"), { className: "btn btn--quiet", type: "button", textContent: say("Close") });
  close.addEventListener("click", () => found.close());
  head.append(title, close);
  found.setAttribute("aria-labelledby", title.id);
  found.append(head, document.createElement("div"));
  found.addEventListener("close", () => {
    if (from?.isConnected) from.focus();
    else document.querySelector("[data-merge]")?.focus();
  });
  found.addEventListener("click", (event) => {
    if (event.target === found) found.close();
    const link = event.target.closest("a[href]");
    if (link && new URL(link.href).pathname.endsWith("/merge")) {
      event.preventDefault();
      load(link.href);
    }
  });
  found.addEventListener("submit", (event) => {
    if (event.target.method !== "get") return;
    event.preventDefault();
    load(`${event.target.action}?${new URLSearchParams(new FormData(event.target))}`);
  });
  document.body.append(found);
  return found;
}

let asked = 0;
async function load(address) {
  const mine = (asked += 1);
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const box = page.getElementById("merge-box");
    if (mine !== asked) return;
    if (!box) {
      location.assign(response.redirected ? response.url : address);
      return;
    }
    dialog ??= made();
    dialog.querySelector("h2").replaceChildren(...page.querySelector("h1").cloneNode(true).childNodes);
    dialog.lastElementChild.replaceChildren(box);
    if (!dialog.open) dialog.showModal();
    const next = box.querySelector(".pair__found a") ?? box.querySelector("input[type=search]") ?? dialog.querySelector("h2");
    next.focus();
  } catch {
    location.assign(address);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-merge]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  from = link;
  load(link.href);
});
