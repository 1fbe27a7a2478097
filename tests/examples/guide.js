// A chatbot as a program for a hosted API of this kind is written: it signs the parsed body again, keeps what was said in
// memory, and sends whatever the AI answers. Nothing in it is made for Textback but the address.

import crypto from "node:crypto";
import express from "express";

const { API, KEY, SECRET, PORT, PERSONA } = process.env;
const said = new Map();

async function post(path, body) {
  const answer = await fetch(API + path, {
    method: "POST",
    headers: { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).data;
}

const app = express();
app.use(express.json());

app.post("/hook", async (req, res) => {
  const mine = crypto.createHmac("sha256", SECRET).update(JSON.stringify(req.body)).digest("hex");
  const theirs = Buffer.from(req.headers["x-senderz-signature"] ?? "");
  if (theirs.length !== 71 || !crypto.timingSafeEqual(Buffer.from(`sha256=${mine}`), theirs)) {
    return res.status(401).json({ error: "not yours" });
  }
  res.status(200).json({ received: true });
  const { event, data } = req.body;
  console.log(`told ${event} ${data.to} ${data.channel} ${data.tenant_id}`);
  if (event !== "message.received" || data.body.trim().toUpperCase() === "STOP") return;
  try {
    const before = said.get(data.from) ?? [];
    const conversation = [...before, { role: "user", content: data.body }];
    const { reply, confidence } = await post("/v1/ai/reply", { conversation, persona: PERSONA, max_length: 300 });
    const body = confidence >= 0.8 ? reply : "Let me ask a colleague. They will write to you here.";
    await post("/v1/messages", { to: data.from, channel: "auto", body });
    said.set(data.from, [...conversation, { role: "assistant", content: body }].slice(-20));
    console.log(`answered ${data.id} ${confidence}`);
  } catch (error) {
    console.log(`failed ${error.message}`);
  }
});

app.listen(Number(PORT), "127.0.0.1", async () => {
  const events = ["message.received", "message.delivered", "message.failed"];
  const webhook = await post("/v1/webhooks", { url: `http://127.0.0.1:${PORT}/hook`, events, secret: SECRET });
  console.log(`ready ${webhook.id}`);
});
