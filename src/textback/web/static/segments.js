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
const ADDRESS = /(https?:\/\/\S+|www\.\S+)/i;

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

// Web addresses stay as they are: another character would be another address.
export function plain(text) {
  const twins = (piece) => [...piece].map((c) => PLAIN.get(c) ?? c).join("");
  return text.split(ADDRESS).map((piece, n) => (n % 2 ? piece : twins(piece))).join("");
}
