// The command bar: what can be done with this conversation, places, and people, by a few letters.

import { completeAndNext, press, sheet, target } from "./keys.js";
import { say } from "./words.js";

const WAIT = 180; // ms after the last letter before people are asked for
const MOST = 8;
const ACTS = [
  ["r", say("Reply")], ["n", say("Write a note")], ["t", say("Take over")], ["b", say("Return to the bot")], ["s", say("Use the suggestion")], ["a", say("Assign")],
  ["l", say("Tag")], ["z", say("Snooze, set priority")], ["e", say("Complete")], ["i", say("Handoff and contact")], ["f", say("Filter the list")], [".", say("Show the new order")],
];

const bar = document.getElementById("command");
const field = bar?.querySelector("input");
const list = bar?.querySelector("[role=listbox]");
let chosen = 0;
let asked = 0;
let shown = [];

function places() {
  const links = [...document.querySelectorAll(".rail__items a, .tabs a, .under a")];
  const known = new Map([["/search", say("Search")], ["/mentions", say("Mentions")]]);
  for (const link of links) {
    const words = (link.querySelector("span:not(.who)") ?? link).textContent.trim().replace(/\s+/g, " ");
    if (!known.has(link.getAttribute("href"))) known.set(link.getAttribute("href"), words);
  }
  return [...known].map(([href, words]) => ({ group: say("Places"), words, run: () => location.assign(href) }));
}

function acts() {
  const found = ACTS.filter(([key]) => target(key)).map(([key, words]) => ({ group: say("This page"), words, key, run: () => press(target(key)) }));
  if (target("e")) found.push({ group: say("This page"), words: say("Complete, and open the next"), key: "E", run: completeAndNext });
  found.push({ group: say("This page"), words: say("List the shortcuts"), key: "?", run: sheet });
  return found;
}

const fits = (one, typed) => typed.split(/\s+/).every((part) => one.words.toLowerCase().includes(part));

function draw(items) {
  shown = items;
  chosen = Math.min(chosen, Math.max(items.length - 1, 0));
  let group = "";
  const made = [];
  items.forEach((one, n) => {
    if (one.group !== group) {
      group = one.group;
      made.push(Object.assign(document.createElement("li"), { className: "list__group", textContent: group, role: "presentation" }));
    }
    const row = Object.assign(document.createElement("li"), { id: `command-${n}`, role: "option", className: "cmd__one" });
    row.setAttribute("aria-selected", String(n === chosen));
    row.append(Object.assign(document.createElement("span"), { textContent: one.words }));
    if (one.key) row.append(Object.assign(document.createElement("kbd"), { textContent: one.key }));
    row.addEventListener("click", () => run(n));
    made.push(row);
  });
  if (!items.length) made.push(Object.assign(document.createElement("li"), { className: "cmd__none", textContent: say("Nothing has that name.") }));
  list.replaceChildren(...made);
  field.setAttribute("aria-activedescendant", items.length ? `command-${chosen}` : "");
  document.getElementById(`command-${chosen}`)?.scrollIntoView({ block: "nearest" });
}

function run(n) {
  const one = shown[n];
  if (!one) return;
  bar.close();
  one.run();
}

async function people(typed, mine) {
  try {
    const response = await fetch(`/search?q=${encodeURIComponent(typed)}`, { headers: { Accept: "text/html" } });
    if (!response.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = [...page.querySelectorAll(".found .row > a")].slice(0, MOST).map((link) => ({
      group: say("People"),
      words: link.querySelector(".row__name").textContent,
      run: () => location.assign(link.getAttribute("href")),
    }));
    found.push({ group: say("People"), words: say("Search texts for “{words}”", { words: typed }), run: () => location.assign(`/search?q=${encodeURIComponent(typed)}`) });
    if (mine === asked) draw([...near(typed), ...found]);
  } catch {
    // The server is away: what is on the page can be done all the same.
  }
}

const near = (typed) => [...acts(), ...places()].filter((one) => fits(one, typed));

let timer = 0;
function look() {
  const typed = field.value.trim().toLowerCase();
  const mine = ++asked;
  chosen = 0;
  clearTimeout(timer);
  draw(typed ? near(typed) : [...acts(), ...places()]);
  if (typed.length > 1) timer = setTimeout(() => people(field.value.trim(), mine), WAIT);
}

function open() {
  if (bar.open) {
    bar.close();
    return;
  }
  for (const menu of document.querySelectorAll("details.pop[open]")) menu.open = false;
  field.value = "";
  bar.showModal();
  look();
}

if (bar) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      open();
    }
  });
  field.addEventListener("input", look);
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && shown.length) {
      event.preventDefault();
      chosen = (chosen + by + shown.length) % shown.length;
      draw(shown);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      run(chosen);
    }
  });
  bar.addEventListener("click", (event) => {
    if (event.target === bar) bar.close();
  });
}
