// How many segments a text takes. The server counts the same way (core.text), and its count is the one that holds.

const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENDED = new Set("\f^{}\\[~]|€");
const PLAIN = new Map(Object.entries({
  "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "′": "'", "″": '"', "‐": "-", "‑": "-", "‒": "-",
  "–": "-", "—": "-", "−": "-", "…": "...", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "`": "'", "\t": " ",
  "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "",
}));
// Web addresses, values in braces, and codes stay as they are: with another character they would be others.
const KEPT = /([hH][tT]{2}[pP][sS]?:\/\/\S+|[wW]{3}\.\S+|\{\{.*?\}\}|\{%.*?%\}|(?<![A-Za-z0-9])(?![0-9]{1,4}[AP]M)(?=[A-Z0-9\u2010-\u2014\u2212]*[A-Z])(?=[A-Z0-9\u2010-\u2014\u2212]*[0-9])[A-Z0-9]{3,}(?:[\u2010-\u2014\u2212][A-Z0-9]{3,})+(?![A-Za-z0-9]))/s;

export function segments(text) {
  const chars = [...text];
  const strange = [...new Set(chars.filter((c) => !BASIC.has(c) && !EXTENDED.has(c)))];
  const gsm = strange.length === 0;
  const width = (c) => (gsm ? (EXTENDED.has(c) ? 2 : 1) : c.length);
  const [whole, part] = gsm ? [160, 153] : [70, 67];
  const used = chars.reduce((sum, c) => sum + width(c), 0);
  if (used <= whole) return { encoding: gsm ? "GSM-7" : "UCS-2", count: text ? 1 : 0, used, capacity: whole, strange };
  let count = 1;
  let room = part;
  for (const c of chars) {
    if (width(c) > room) {
      count += 1;
      room = part;
    }
    room -= width(c);
  }
  return { encoding: gsm ? "GSM-7" : "UCS-2", count, used, capacity: count * part, strange };
}

export function plain(text) {
  const twins = (piece) => [...piece].map((c) => PLAIN.get(c) ?? c).join("");
  return text.split(KEPT).map((piece, n) => (n % 2 ? piece : twins(piece))).join("");
}

// Plain only where it helps: a text that can't be GSM-7 anyway keeps its characters.
export function gsmSafe(text) {
  const made = plain(text);
  if (made === text) return text;
  const before = segments(text);
  const after = segments(made);
  const saves = after.count < before.count || (after.count === before.count && after.encoding === "GSM-7");
  return saves ? made : text;
}

// The characters that force UCS-2, with their places, counted from 1.
export function culprits(text, most = 20) {
  const found = [];
  [...text].forEach((char, n) => {
    if (found.length < most && !BASIC.has(char) && !EXTENDED.has(char)) found.push({ char, place: n + 1, twin: PLAIN.get(char) ?? "" });
  });
  return found;
}
