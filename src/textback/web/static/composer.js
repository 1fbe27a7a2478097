// The composer: drafts, the meter, sending with Undo, a newer text while writing, saved replies, pictures, suggestions and
// notes. Everything that it does is a form that also works by itself.

import { segments, plain } from "./segments.js";
import { say } from "./words.js";

const box = document.querySelector("[data-composer]");
const form = box?.querySelector("[data-reply]");
const field = document.getElementById("reply");
const contact = box?.dataset.composer;
const PAGE = { headers: { Accept: "text/html" } };
const parse = (html) => new DOMParser().parseFromString(html, "text/html");
const csrf = () => form.elements.csrf.value;

const store = {
  get(key) {
    try {
      return localStorage.getItem(key) ?? "";
    } catch {
      return ""; // No storage, no drafts.
    }
  },
  set(key, value) {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch {
      // As above.
    }
  },
};

function complain(words) {
  const place = document.getElementById("reply-error");
  place.hidden = false;
  place.lastChild.textContent = words;
}

function put(text, { add = false } = {}) {
  field.value = add && field.value ? `${field.value.trimEnd()}\n${text}` : text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (field.offsetParent) field.focus({ preventScroll: true });
}

// Drafts: what is written stays in this browser until it was accepted.
function drafts() {
  for (const area of box.querySelectorAll("[data-draft]")) {
    const key = `draft:${area.dataset.draft}`;
    // A page that was left while its text was on its way has not heard that it went: it is not to go twice.
    const went = [...document.querySelectorAll(".msg--you .msg__text")].at(-1)?.textContent.trim();
    if (went && store.get(key).trim() === went) store.set(key, "");
    if (!area.value) area.value = store.get(key);
    area.addEventListener("input", () => store.set(key, area.value));
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        area.form.requestSubmit();
      }
    });
  }
}

// The meter: counted here at once; the server's count, which comes a moment later, is the one that holds.
const money = (dollars) => (dollars ? (dollars < 1 ? `${Number((dollars * 100).toPrecision(3))}¢` : `$${dollars.toFixed(2)}`) : "");
function draw(count, cost, { encoding, used, capacity, strange }) {
  const place = document.getElementById("meter");
  const [bars, words, button] = place.children;
  const shown = Math.min(count, 4);
  const size = capacity / count;
  bars.setAttribute("width", 32 * shown);
  bars.innerHTML = Array.from({ length: shown }, (_, n) => {
    const full = n + 1 < count ? 1 : Math.max(0, Math.min(1, (used - size * (count - 1)) / size));
    return `<rect class="bar" x="${32 * n}" width="28" height="6" rx="3"/><rect class="bar bar--full" x="${32 * n}" width="${28 * full}" height="6" rx="3"/>`;
  }).join("");
  const easy = plain(field.value);
  const better = segments(easy);
  const costly = encoding === "UCS-2" && better.count < count;
  place.classList.toggle("meter--warn", costly);
  const detail = costly ? say(", {chars} forces {encoding}", { chars: strange.slice(0, 3).join(" "), encoding }) : say(", {used} of {all}", { used, all: capacity });
  const number = Object.assign(document.createElement("b"), { textContent: count === 1 ? say("1 segment") : say("{n} segments", { n: count }) });
  words.replaceChildren(number, cost ? `, ${cost}${detail}` : detail);
  button.hidden = !costly;
  button.textContent = say("Make it {n}", { n: better.count });
  button.onclick = () => put(easy);
}

let asked = 0;
async function measure(text) {
  try {
    const response = await fetch(`/c/${contact}/measure`, { method: "POST", body: new URLSearchParams({ csrf: csrf(), text }), ...PAGE });
    if (!response.ok || field.value !== text) return;
    const said = parse(await response.text()).getElementById("measured");
    if (!said) return;
    if (text) draw(Number(said.dataset.count), said.dataset.cost, segments(text));
    const place = document.getElementById("unwise");
    if (place.textContent !== said.textContent.trim()) place.textContent = said.textContent.trim();
  } catch {
    // Then our own count stays.
  }
}

function meter() {
  const place = document.getElementById("meter");
  const text = field.value;
  form.classList.toggle("has-draft", text !== "");
  place.hidden = text === "";
  clearTimeout(asked);
  if (!text) {
    document.getElementById("unwise").textContent = "";
    return;
  }
  const size = segments(text);
  draw(size.count, money(size.count * Number(box.dataset.price)), size);
  asked = setTimeout(() => measure(text), 500);
}

// A newer text of theirs while something is written turns Send into "Send anyway", once.
function newer() {
  const latest = document.getElementById("latest");
  const seen = document.getElementById("seen");
  if (!latest) return;
  const written = field.value !== "" || form.elements.picture;
  if (!written) seen.value = latest.dataset.seen;
  const late = latest.dataset.seen !== seen.value && latest.dataset.seen > seen.value;
  const bar = document.getElementById("newer-bar");
  const words = bar.querySelector("span > span");
  if (late && words.textContent !== `“${latest.dataset.text}”`) words.textContent = `“${latest.dataset.text}”`;
  if (bar.hidden === late) bar.hidden = !late;
  const button = form.querySelector("[data-send] span");
  const label = late ? say("Send anyway") : say("Send");
  if (button && button.textContent !== label) button.textContent = label;
}

function sending() {
  // Enter in the field for a time means that time, and not the first button of the form.
  document.getElementById("at-other").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[name=at][value=other]"));
  });
  const undo = form.elements.undo;
  undo.value = undo.dataset.undoOn;
  // The button may be pressed with the bar in sight: then the newer text was seen. Else the server asks first.
  form.addEventListener("submit", () => {
    if (!document.getElementById("newer-bar").hidden) document.getElementById("seen").value = document.getElementById("latest").dataset.seen;
  }, true);
  document.addEventListener("sent", ({ detail }) => {
    const target = detail.form;
    if (detail.ok) for (const open of form.querySelectorAll("details[open]")) open.open = false;
    if (target.matches("[data-undo]") && detail.ok) {
      const fresh = parse(detail.html);
      const text = fresh.getElementById("reply")?.defaultValue ?? "";
      const picture = fresh.getElementById("picture");
      if (picture) document.getElementById("picture").replaceWith(document.importNode(picture, true));
      if (text) put(text, { add: true });
    }
    if (target === form && detail.ok) {
      document.getElementById("picture").replaceChildren();
      document.getElementById("suggested").hidden = true;
      store.set(`draft:${contact}`, field.value);
    }
    if (target.matches("[data-note]") && detail.ok) {
      target.elements.text.value = "";
      store.set(`draft:note:${contact}`, "");
    }
    later();
  });
}

// While a text waits to go its seconds count down, and the page looks again when it should have gone.
let ticking = 0;
function later() {
  newer();
  clearInterval(ticking);
  const left = document.querySelector("[data-left]");
  if (!left) return;
  ticking = setInterval(() => {
    for (const one of document.querySelectorAll("[data-left]")) {
      const seconds = Math.max(0, Number(one.textContent) - 1);
      one.textContent = String(seconds);
    }
    if (![...document.querySelectorAll("[data-left]")].some((one) => Number(one.textContent) > 0)) clearInterval(ticking);
  }, 1000);
}

// "/" at the beginning of a word opens the saved replies; what follows it looks for one.
function saved() {
  const menu = Object.assign(document.createElement("ul"), { className: "menu", hidden: true, id: "saved-menu" });
  menu.setAttribute("role", "listbox");
  menu.setAttribute("aria-label", say("Saved replies and templates"));
  box.append(menu);
  let choices;
  let start = -1;
  const load = async () => {
    if (choices) return;
    const response = await fetch(form.querySelector("[data-saved]").href, PAGE);
    choices = response.ok ? [...parse(await response.text()).querySelectorAll("[data-choice]")] : [];
  };
  const close = () => {
    menu.hidden = true;
    start = -1;
    field.removeAttribute("aria-activedescendant");
  };
  const options = () => [...menu.querySelectorAll("[role=option]")];
  const select = (at) => {
    const all = options();
    all.forEach((one, n) => one.setAttribute("aria-selected", String(n === at)));
    if (all[at]) {
      field.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    }
  };
  const choose = (option) => {
    const { text, href } = option.dataset;
    if (text === undefined) {
      location.assign(href);
      return;
    }
    const before = start < 0 ? field.value : field.value.slice(0, start);
    const after = start < 0 ? "" : field.value.slice(field.selectionEnd);
    close();
    put(`${before}${before && !before.endsWith(" ") && !before.endsWith("\n") ? " " : ""}${text}${after}`);
    const open = /\{[a-z0-9_]+\}/.exec(field.value);
    if (open) field.setSelectionRange(open.index, open.index + open[0].length);
  };
  const show = async (wanted) => {
    await load();
    const found = choices.filter((one) => (one.dataset.choice + (one.dataset.text ?? "")).toLowerCase().includes(wanted.toLowerCase()));
    menu.replaceChildren(...found.slice(0, 12).map((one, n) => {
      const item = document.createElement("li");
      item.id = `saved-${n}`;
      item.setAttribute("role", "option");
      Object.assign(item.dataset, one.dataset.text === undefined ? { href: one.href } : { text: one.dataset.text });
      const name = Object.assign(document.createElement("b"), { textContent: one.dataset.text === undefined ? one.dataset.choice : `/${one.dataset.choice}` });
      const words = Object.assign(document.createElement("span"), { textContent: one.dataset.text ?? say("Template") });
      const link = document.createElement("a");
      link.append(name, words);
      item.append(link);
      return item;
    }));
    menu.hidden = found.length === 0;
    if (found.length) select(0);
  };
  field.addEventListener("input", () => {
    const upto = field.value.slice(0, field.selectionEnd);
    const hit = /(?:^|\s)\/([a-z0-9_-]*)$/i.exec(upto);
    if (!hit) return close();
    start = upto.length - hit[1].length - 1;
    show(hit[1]).catch(close);
  });
  field.addEventListener("keydown", (event) => {
    if (menu.hidden || event.ctrlKey || event.metaKey) return;
    const all = options();
    const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") select((at + 1) % all.length);
    else if (event.key === "ArrowUp") select((at + all.length - 1) % all.length);
    else if (event.key === "Enter" || event.key === "Tab") choose(all[Math.max(at, 0)]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  menu.addEventListener("mousedown", (event) => event.preventDefault());
  menu.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
  form.querySelector("[data-saved]").addEventListener("click", (event) => {
    event.preventDefault();
    start = -1;
    field.focus();
    show("").catch(() => location.assign(event.target.closest("a").href));
  });
}

// A picture is stored as soon as it is chosen; it goes with the text that is sent.
function pictures() {
  const place = box.querySelector("[data-picture]");
  box.addEventListener("click", (event) => {
    if (event.target.matches("[data-drop]")) {
      document.getElementById("picture").replaceChildren();
      field.focus();
    }
  });
  place?.elements.file.addEventListener("change", async () => {
    const file = place.elements.file.files[0];
    if (!file) return;
    if (file.size > 5 * 2 ** 20) {
      complain(say("{name} has {n} MB. A picture may have 5 MB.", { name: file.name, n: Math.ceil(file.size / 2 ** 20) }));
      place.reset();
      return;
    }
    try {
      const response = await fetch(place.action, { method: "POST", body: new FormData(place), ...PAGE });
      const page = parse(await response.text());
      const error = page.getElementById("reply-error");
      if (response.ok) {
        document.getElementById("picture").replaceWith(document.importNode(page.getElementById("picture"), true));
        document.getElementById("reply-error").hidden = true;
      } else complain(error?.textContent.trim() || page.querySelector("main p")?.textContent || say("The picture was not taken. Try again."));
    } catch {
      complain(say("The server can't be reached. Your text is kept; try again."));
    }
    place.reset();
    field.focus();
  });
}

// A suggestion is shown above the field. Use fills it in, and never sends; whoever dismisses it says why.
function suggestions() {
  const bar = document.getElementById("suggested");
  const why = document.getElementById("suggested-why");
  let call = "";
  document.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (event.target !== form || !button?.matches("[data-suggest]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const note = document.getElementById("suggestion");
    button.disabled = true;
    try {
      const response = await fetch(button.formAction, { method: "POST", body: new URLSearchParams(new FormData(form)), ...PAGE });
      const page = parse(await response.text());
      const text = page.getElementById("reply")?.defaultValue ?? "";
      const said = page.getElementById("suggestion");
      note.hidden = false;
      note.textContent = said?.textContent || say("That did not work. Load the page again.");
      call = page.querySelector("[data-call]")?.dataset.call ?? "";
      bar.hidden = !text;
      why.hidden = true;
      bar.querySelector("p").textContent = text;
      bar.querySelector("span").textContent = /\d+ %/.exec(note.textContent)?.[0].replace(" ", "") ?? "";
      if (text) bar.querySelector("[data-use]").focus();
    } catch {
      complain(say("The server can't be reached. Your text is kept; try again."));
    } finally {
      button.disabled = false;
    }
  }, true);
  bar.addEventListener("click", (event) => {
    if (event.target.closest("[data-use]")) {
      put(bar.querySelector("p").textContent, { add: true });
      bar.hidden = true;
    } else if (event.target.closest("[data-dismiss]")) {
      why.hidden = !why.hidden;
      event.target.closest("[data-dismiss]").setAttribute("aria-expanded", String(!why.hidden));
      why.querySelector("button")?.focus();
    }
  });
  why.addEventListener("click", (event) => {
    const words = event.target.dataset.why;
    if (!words) return;
    const text = bar.querySelector("p").textContent;
    bar.hidden = why.hidden = document.getElementById("suggestion").hidden = true;
    fetch(`/c/${contact}/unsuggest`, { method: "POST", body: new URLSearchParams({ csrf: csrf(), call, why: words, text }), ...PAGE }).catch(() => {});
    field.focus();
  });
}

// Reply or note; in a note @ completes the name of a colleague.
function notes() {
  const area = document.getElementById("note");
  if (!area) return;
  const list = document.getElementById("mates");
  const names = area.dataset.mates.split("|").filter(Boolean);
  box.addEventListener("click", (event) => {
    const link = event.target.closest("[data-kind]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const note = link.dataset.kind === "note";
    box.classList.toggle("is-note", note);
    for (const one of box.querySelectorAll("[data-kind]")) one.setAttribute("aria-current", String(one === link));
    (note ? area : field).focus();
  });
  let start = -1;
  const close = () => {
    list.hidden = true;
    area.setAttribute("aria-expanded", "false");
    area.removeAttribute("aria-activedescendant");
  };
  const select = (at) => [...list.children].forEach((one, n) => {
    one.setAttribute("aria-selected", String(n === at));
    if (n === at) area.setAttribute("aria-activedescendant", one.id);
  });
  const choose = (name) => {
    area.setRangeText(`@${name} `, start, area.selectionEnd, "end");
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  };
  area.addEventListener("input", () => {
    const upto = area.value.slice(0, area.selectionEnd);
    const hit = /(?:^|\s)@([^\s@][^@\n]{0,30}|)$/.exec(upto);
    const found = hit ? names.filter((name) => name.toLowerCase().startsWith(hit[1].toLowerCase())) : [];
    if (!found.length || found.some((name) => name === hit[1])) return close();
    start = upto.length - hit[1].length - 1;
    list.replaceChildren(...found.slice(0, 8).map((name, n) => {
      const item = Object.assign(document.createElement("li"), { textContent: name, id: `mate-${n}` });
      item.setAttribute("role", "option");
      return item;
    }));
    list.hidden = false;
    area.setAttribute("aria-expanded", "true");
    select(0);
  });
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.ctrlKey || event.metaKey) return;
    const all = [...list.children];
    const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") select((at + 1) % all.length);
    else if (event.key === "ArrowUp") select((at + all.length - 1) % all.length);
    else if (event.key === "Enter" || event.key === "Tab") choose(all[Math.max(at, 0)].textContent);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    if (event.target.matches("li")) choose(event.target.textContent);
  });
  area.addEventListener("blur", close);
}

if (form) {
  drafts();
  sending();
  saved();
  pictures();
  suggestions();
  notes();
  field.addEventListener("input", meter);
  field.addEventListener("input", newer);
  document.addEventListener("merged", later);
  document.addEventListener("textback:write", (event) => put(event.detail, { add: true }));
  meter();
  later();
}
