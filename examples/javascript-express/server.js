// A chatbot beside Textback: hears texts by webhook, asks what to answer, sends it, and hands over what it is not sure of.
// Textback itself sees to STOP and HELP, to people, to order and to delivery; this program only decides what is said.

import crypto from "node:crypto";
import express from "express";

const { TEXTBACK_URL, TEXTBACK_KEY, WEBHOOK_SECRET, WEBHOOK_URL, PERSONA, PORT = "3000" } = process.env;

const SURE = 0.8; // from which confidence on a reply goes without a person
const MEMORY = 20; // texts that are remembered of a conversation
const FORGET = 24 * 60 * 60 * 1000; // after which a silent conversation is forgotten
const SEEN = 10_000; // texts that are remembered, so that one that comes twice is answered once
const HANDED_OVER = "Good question. Somebody from our team will answer you here soon.";

// --- Asking Textback

class Refused extends Error {}

// Asks again where that does no harm: the key makes a request count once.
async function ask(method, path, body, key) {
  const headers = { authorization: `Bearer ${TEXTBACK_KEY}`, "content-type": "application/json" };
  if (key) headers["idempotency-key"] = key;
  for (let attempt = 1; ; attempt++) {
    let answer;
    try {
      answer = await fetch(new URL(path, TEXTBACK_URL), {
        method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(30_000),
      });
    } catch (error) {
      if (attempt > 3 || (method === "POST" && !key)) throw error;
    }
    if (answer?.ok) return (await answer.json());
    const again = !answer || answer.status === 429 || (answer.status >= 500 && (method === "GET" || key));
    if (!again || attempt > 3) {
      const problem = await answer.json().catch(() => ({}));
      throw new Refused(`${answer.status} ${problem.code ?? ""}: ${problem.detail ?? ""}`);
    }
    const seconds = Number(answer?.headers.get("retry-after")) || 2 ** attempt * (0.25 + Math.random() / 4);
    await new Promise((done) => setTimeout(done, seconds * 1000));
  }
}

// --- What was said

const conversations = new Map(); // by phone number: { texts, at, last }
const seen = new Set();

function take(text) {
  if (seen.has(text.id)) return;
  seen.add(text.id);
  if (seen.size > SEEN) seen.delete(seen.values().next().value);
  const now = Date.now();
  for (const [who, one] of conversations) if (one.at < now - FORGET) conversations.delete(who);
  if (!conversations.has(text.from)) conversations.set(text.from, { texts: [], at: now, last: Promise.resolve() });
  const conversation = conversations.get(text.from);
  conversation.at = now;
  // Each text waits for the one before it, and for nobody else's.
  conversation.last = conversation.last.then(() => answer(conversation, text)).catch((error) => {
    console.error(`Text ${text.id} was not answered: ${error.message}`);
  });
}

function note(conversation, role, content) {
  conversation.texts = [...conversation.texts, { role, content }].slice(-MEMORY);
  conversation.at = Date.now();
}

async function answer(conversation, text) {
  if (text.body.trim().toUpperCase() === "STOP") return; // Textback has confirmed it, and sends nothing more
  note(conversation, "user", text.body);
  const { data: state } = await ask("GET", `/v1/conversations/${text.conversation_id}`);
  if (state.owner.kind !== "bot") return; // a person has it, or is asked for
  const question = { conversation: conversation.texts, max_length: 300, ...(PERSONA && { persona: PERSONA }) };
  const { data: reply } = await ask("POST", "/v1/ai/reply", question);
  if (reply.reply && reply.confidence >= SURE) {
    await ask("POST", "/v1/messages", { to: text.from, channel: "auto", body: reply.reply }, `reply-${text.id}`);
    note(conversation, "assistant", reply.reply);
    return;
  }
  const why = `${reply.escalate_reason || "not sure"} (${Math.round(reply.confidence * 100)}%): ${reply.reply || "no reply"}`;
  const handoff = { reason: why.slice(0, 200), ask: text.body, text: HANDED_OVER };
  await ask("POST", `/v1/conversations/${text.conversation_id}/handoff`, handoff);
  note(conversation, "assistant", HANDED_OVER);
}

// --- Hearing of texts

function isOurs(raw, header = "") {
  const wanted = `sha256=${crypto.createHmac("sha256", WEBHOOK_SECRET).update(raw).digest("hex")}`;
  return header.length === wanted.length && crypto.timingSafeEqual(Buffer.from(header), Buffer.from(wanted));
}

const app = express();
app.use(express.raw({ type: "application/json" }));

app.post("/webhooks/textback", (request, response) => {
  const raw = request.body;
  if (!Buffer.isBuffer(raw) || !isOurs(raw, request.get("x-senderz-signature"))) return response.sendStatus(401);
  const { event, data } = JSON.parse(raw);
  // Who has only the parsed body may sign that again: these are the same bytes.
  if (JSON.stringify(JSON.parse(raw)) !== raw.toString()) console.error("The body is not as JSON.stringify writes it.");
  response.sendStatus(200); // at once; what there is to do is done afterwards
  if (event === "message.received") take(data);
  if (event === "message.failed") console.error(`Text ${data.id} did not arrive: ${data.detail}`);
});

async function register(url) {
  for (let cursor = ""; cursor !== null; ) {
    const page = await ask("GET", `/v1/webhooks?cursor=${encodeURIComponent(cursor)}`);
    if (page.data.some((webhook) => webhook.url === url)) return;
    cursor = page.next_cursor;
  }
  const events = ["message.received", "message.failed"];
  await ask("POST", "/v1/webhooks", { url, events, secret: WEBHOOK_SECRET });
}

app.listen(Number(PORT), "127.0.0.1", async () => {
  console.log(`The chatbot listens on http://127.0.0.1:${PORT}.`);
  if (WEBHOOK_URL) await register(WEBHOOK_URL);
});
