// While a template is written: how it looks with sample values, how long it is then, and what forces UCS-2.

import { culprits, gsmSafe, segments } from "./segments.js";
import { say } from "./words.js";

const form = document.querySelector("form.wording");
const given = JSON.parse(form.dataset.samples);
const most = Number(form.dataset.most);

function samples() {
  const found = { ...given };
  for (const field of form.querySelectorAll(".variable")) {
    const [name, sample] = field.querySelectorAll("input");
    if (name.value && sample.value) found[name.value] = sample.value;
  }
  return found;
}

// Only what most texts have: values and links. The server knows the rest, and its count is the one that holds.
function said(text) {
  const values = samples();
  return text
    .replace(/\{\{\s*link\(.*?\)\s*\}\}/gs, () => values.link)
    .replace(/\{\{\s*([a-z][\w.]*)[^}]*\}\}/g, (whole, name) => values[name] ?? whole)
    .trim();
}

function show(part) {
  const field = part.querySelector("textarea");
  const text = said(field.value);
  const { encoding, count, used, capacity } = segments(text);
  const [bars, words] = part.querySelector("[data-meter]").children;
  const drawn = Math.min(count, 4);
  const size = count ? capacity / count : 1;
  bars.setAttribute("width", 32 * drawn);
  bars.innerHTML = Array.from({ length: drawn }, (_, n) => {
    const full = n + 1 < count ? 1 : (used - size * (count - 1)) / size;
    return `<rect class="bar" x="${32 * n}" width="28" height="6" rx="3"/><rect class="bar bar--full" x="${32 * n}" width="${28 * full}" height="6" rx="3"/>`;
  }).join("");
  const number = Object.assign(document.createElement("b"), { textContent: count === 1 ? say("1 segment") : say("{n} segments", { n: count }) });
  const over = count > most ? say(". More than {n} are not sent", { n: most }) : "";
  words.replaceChildren(number, `, ${encoding}, ${say("{n} of {all}", { n: used, all: capacity })}${over}`);
  const easy = gsmSafe(field.value);
  const saves = easy !== field.value;
  part.querySelector("[data-meter]").classList.toggle("meter--warn", saves || count > most);
  const found = culprits(field.value);
  const spans = found.map(({ char, place }) => {
    const span = Object.assign(document.createElement("span"), { className: "culprit" });
    span.append(Object.assign(document.createElement("b"), { className: "mono", textContent: char.trim() || "␣" }), ` ${say("at {place}", { place })}`);
    return span;
  });
  part.querySelector("[data-culprits]").replaceChildren(...(found.length ? [`${say("These force UCS-2:")} `, ...spans.flatMap((s) => [s, " "])] : []));
  const button = part.querySelector("[data-plain]");
  if (button) button.hidden = !saves;
  part.querySelector("[data-preview]").textContent = text;
}

for (const part of form.querySelectorAll("[data-text]")) {
  const field = part.querySelector("textarea");
  field.addEventListener("input", () => show(part));
  part.querySelector("[data-plain]")?.addEventListener("click", (event) => {
    event.preventDefault();
    field.value = gsmSafe(field.value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}
form.addEventListener("input", (event) => {
  if (event.target.closest(".variable")) for (const part of form.querySelectorAll("[data-text]")) show(part);
});

let leaving = false;
const dirty = () => [...form.elements].some((e) => (e.matches("textarea, input:not([type=hidden])") && e.type !== "checkbox" ? e.value !== e.defaultValue : e.type === "checkbox" && e.checked !== e.defaultChecked));
form.addEventListener("submit", () => {
  leaving = true;
});
addEventListener("beforeunload", (event) => {
  if (!leaving && dirty()) event.preventDefault();
});
