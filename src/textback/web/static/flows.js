// The YAML of a file: line numbers that follow, lines that links lead to, and a word when something is not saved.

const field = document.getElementById("yaml");
const gutter = document.getElementById("gutter");
const unsaved = document.getElementById("unsaved");
const saved = field.defaultValue;
const changedAtFirst = unsaved !== null && !unsaved.hidden;
let leaving = false;

function number() {
  const lines = field.value.split("\n").length;
  while (gutter.children.length > lines) gutter.lastElementChild.remove();
  while (gutter.children.length < lines) {
    const n = gutter.children.length + 1;
    gutter.append(Object.assign(document.createElement("li"), { id: `L${n}`, textContent: n }));
  }
  field.rows = Math.max(lines + 1, 14);
}

const dirty = () => !field.readOnly && (changedAtFirst || field.value !== saved);

// Selects a line, and brings it into sight beside the graph or above the checks that named it.
function show(line) {
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  document.getElementById(`L${line}`)?.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  event.preventDefault();
  history.replaceState(null, "", link.getAttribute("href"));
  show(Number(link.dataset.line));
});

field.addEventListener("input", () => {
  number();
  if (unsaved) unsaved.hidden = !dirty();
});
field.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || field.readOnly) return;
  event.preventDefault();
  field.form.requestSubmit(field.form.querySelector("[value=save]"));
});
document.addEventListener("submit", () => {
  leaving = true;
});
addEventListener("beforeunload", (event) => {
  if (!leaving && dirty()) event.preventDefault();
});

number();
const wanted = /^#L(\d+)$/.exec(location.hash);
if (wanted) show(Number(wanted[1]));
