// Textback web chat. One script tag, no dependencies, no cookies, no inline script or style:
// <script src="https://chat.example.com/web/site/widget.js" async></script>
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || window.textbackChat) return;
  window.textbackChat = true;
  const base = script.src.replace(/\/widget\.js.*$/, "");
  const set = script.dataset;
  const WORDS = {
    en: {
      open: "Chat with us", close: "Close chat", label: "Your message", send: "Send", choices: "Choose an answer",
      you: "You said:", us: "We said:", unread: (n) => (n === 1 ? "1 new message" : n + " new messages"),
      sending: "Sending", failed: "Not sent.", again: "Try again", away: "No connection. Trying again.",
      back: "Connected again.", agree: "Tick the box before you send.", file: "Open the attachment",
      byText: "Continue by text", number: "Your mobile number", ask: "Text me", stay: "Back to the chat",
      asked: "If this number can get our texts, one is on its way. Reply YES to it to go on there.",
    },
    es: {
      open: "Chatee con nosotros", close: "Cerrar el chat", label: "Su mensaje", send: "Enviar",
      choices: "Elija una respuesta", you: "Usted dijo:", us: "Dijimos:",
      unread: (n) => (n === 1 ? "1 mensaje nuevo" : n + " mensajes nuevos"), sending: "Enviando",
      failed: "No se envió.", again: "Intentar de nuevo", away: "Sin conexión. Se intenta de nuevo.",
      back: "Conectado de nuevo.", agree: "Marque la casilla antes de enviar.", file: "Abrir el archivo",
      byText: "Seguir por SMS", number: "Su número de móvil", ask: "Enviar SMS", stay: "Volver al chat",
      asked: "Si este número recibe nuestros SMS, uno está en camino. Responda YES para seguir por SMS.",
    },
  };
  const language = (set.lang || document.documentElement.lang || "en").slice(0, 2).toLowerCase();
  const words = WORDS[language] || WORDS.en;

  const CSS = `
:host{all:initial;--accent:var(--textback-accent,#1f5fbf);--on:var(--textback-on-accent,#fff);
--bg:var(--textback-background,#fff);--text:var(--textback-text,#1b1f24);--soft:var(--textback-soft,#eef0f3);
--line:var(--textback-line,#767e89);--radius:var(--textback-radius,14px);
--font:var(--textback-font,system-ui,-apple-system,"Segoe UI",sans-serif);color-scheme:light}
:host([data-theme=dark]){--bg:var(--textback-background,#16191d);--text:var(--textback-text,#eceef1);
--soft:var(--textback-soft,#272c33);--line:var(--textback-line,#8b94a1);color-scheme:dark}
*{box-sizing:border-box;font-family:var(--font)}
[hidden]{display:none!important}
button,textarea,input{font:inherit;color:inherit}
button{cursor:pointer}
:focus-visible{outline:3px solid var(--text);outline-offset:2px;box-shadow:0 0 0 2px var(--bg)}
.launch{position:fixed;bottom:20px;right:20px;min-height:48px;padding:0 20px;border:0;border-radius:24px;
background:var(--accent);color:var(--on);font-size:16px;font-weight:600;z-index:2147483000;
box-shadow:0 4px 16px rgb(0 0 0/.25)}
.panel{position:fixed;bottom:84px;right:20px;width:370px;max-width:calc(100vw - 40px);height:560px;
max-height:calc(100vh - 104px);max-height:calc(100dvh - 104px);display:flex;flex-direction:column;overflow:hidden;
background:var(--bg);color:var(--text);border:1px solid var(--line);border-radius:var(--radius);font-size:16px;
line-height:1.4;z-index:2147483000;box-shadow:0 8px 32px rgb(0 0 0/.25)}
.left .launch,.left .panel{right:auto;left:20px}
.badge{display:inline-block;min-width:22px;margin-left:8px;padding:0 6px;border-radius:11px;background:var(--on);
color:var(--accent);font-size:14px;line-height:22px}
header{display:flex;align-items:center;justify-content:space-between;gap:8px;padding:8px 8px 8px 16px;
background:var(--accent);color:var(--on)}
h2{margin:0;font-size:17px;font-weight:600;overflow-wrap:anywhere}
.close{width:44px;height:44px;border:0;border-radius:10px;background:transparent;font-size:24px;line-height:1}
.close:focus-visible{outline-color:var(--on);outline-offset:-4px;box-shadow:none}
.log{flex:1;overflow-y:auto;padding:16px;display:flex;flex-direction:column;gap:8px}
.log:focus-visible{outline-offset:-3px}
.text{max-width:85%;padding:8px 12px;border-radius:var(--radius);background:var(--soft);white-space:pre-wrap;
overflow-wrap:anywhere;align-self:flex-start}
.text.mine{align-self:flex-end;background:var(--accent);color:var(--on)}
.text a,.agree a{color:inherit}
::placeholder{color:inherit;opacity:.75}
.text img{display:block;max-width:100%;border-radius:8px}
.state{align-self:flex-end;font-size:14px}
.state button,.choices button{min-height:44px;padding:8px 14px;border:1px solid var(--line);border-radius:22px;
background:var(--bg);color:var(--text)}
.choices{display:flex;flex-wrap:wrap;gap:8px;padding:0 16px 8px}
form{display:flex;flex-wrap:wrap;gap:8px;padding:12px 16px;border-top:1px solid var(--line)}
textarea,.tel{flex:1;min-width:0;min-height:44px;max-height:120px;padding:10px 12px;resize:none;
border:1px solid var(--line);border-radius:10px;background:var(--bg)}
.tel{flex-basis:100%}
.plain{min-height:44px;padding:0 16px;border:0;background:none;font-size:14px;text-decoration:underline}
.send{min-width:72px;min-height:44px;padding:0 12px;border:0;border-radius:10px;background:var(--accent);color:var(--on);
font-weight:600}
.agree{flex-basis:100%;display:flex;gap:10px;align-items:flex-start;margin:0;font-size:14px;overflow-wrap:anywhere}
.agree input{flex:none;width:24px;height:24px;margin:0;accent-color:var(--accent)}
.status{min-height:0;margin:0;padding:0 16px 4px;font-size:14px}
.status:empty{display:none}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:480px){.panel,.left .panel{inset:0;width:auto;max-width:none;height:auto;max-height:none;border:0;
border-radius:0}.open .launch{display:none}}
@media (prefers-reduced-motion:no-preference){.panel{animation:in .15s ease-out}@keyframes in{from{opacity:0}}}
@media (forced-colors:active){.text,.launch,.send{border:1px solid}}`;

  // What the browser keeps: the token that this thread is read with, and what was agreed to. Nothing of what was said.
  const KEY = "textback:" + base;
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEY) || "{}") || {};
  } catch { /* kept for as long as the page is open */ }
  const keep = (more) => {
    Object.assign(kept, more);
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch { /* the browser keeps nothing */ }
  };
  const random = (bytes) =>
    btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes))))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const make = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  };

  const host = make("div", { id: "textback-chat", lang: WORDS[language] ? language : "en" });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const theme = set.theme === "dark" || set.theme === "light" ? set.theme : dark.matches ? "dark" : "light";
    host.setAttribute("data-theme", theme);
  };
  dark.addEventListener("change", paint);
  paint();
  if (/^#[0-9a-f]{6}$/i.test(set.color || "")) {
    // Words on the colour are black or white, whichever can be read.
    const light = (at) => {
      const c = parseInt(set.color.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    };
    const seen = 0.2126 * light(1) + 0.7152 * light(3) + 0.0722 * light(5);
    host.style.setProperty("--textback-accent", set.color);
    host.style.setProperty("--textback-on-accent", seen > 0.179 ? "#000" : "#fff");
  }

  const badge = make("span", { class: "badge", "aria-hidden": "true", hidden: "" });
  const unread = make("span", { class: "sr", role: "status" });
  const launch = make("button", { class: "launch", type: "button", "aria-expanded": "false", "aria-controls": "panel",
    onclick: () => (panel.hidden ? open(true) : close()) }, set.label || words.open, badge);
  const title = make("h2", { id: "title" }, set.title || words.open);
  const log = make("div", { class: "log", role: "log", "aria-live": "polite", "aria-labelledby": "title",
    tabindex: "0" });
  const choices = make("div", { class: "choices", role: "group", "aria-label": words.choices, hidden: "" });
  const status = make("p", { class: "status", role: "status" });
  const tick = make("input", { type: "checkbox", id: "tick" });
  const agree = make("p", { class: "agree", hidden: "" });
  const field = make("textarea", { id: "field", rows: "1", "aria-label": words.label, placeholder: words.label,
    maxlength: "2000", enterkeyhint: "send" });
  const form = make("form", { novalidate: "" }, agree, field, make("button", { class: "send" }, words.send));
  const byText = make("button", { class: "plain", type: "button", "aria-expanded": "false", "aria-controls": "phone",
    onclick: () => swap(true), hidden: "" }, words.byText);
  const number = make("input", { class: "tel", type: "tel", id: "number", autocomplete: "tel", maxlength: "40" });
  const wish = make("input", { type: "checkbox", id: "wish" });
  const wishes = make("label", { for: "wish" });
  const phone = make("form", { novalidate: "", id: "phone", "aria-label": words.byText, hidden: "" },
    make("label", { for: "number" }, words.number), number, make("p", { class: "agree" }, wish, wishes),
    make("button", { class: "send" }, words.ask),
    make("button", { class: "plain", type: "button", onclick: () => swap(false) }, words.stay));
  const panel = make("section", { class: "panel", id: "panel", role: "dialog", "aria-labelledby": "title", hidden: "" },
    make("header", {}, title, make("button", { class: "close", type: "button", "aria-label": words.close,
      onclick: () => close() }, "\u00d7")),
    log, status, choices, byText, phone, form);
  const frame = make("div", { class: set.position === "left" ? "left" : "" }, panel, launch, unread);
  root.append(frame);

  let config = null;
  const texts = new Map(); // by the server's id, or by our own until it has one
  const shown = new Map();
  let last = "", wait = 1, away = false, listening = null, hiddenAt = 0;

  const ask = async (path, body, signal) => {
    const response = await fetch(base + path, {
      method: body ? "POST" : "GET", body: body && JSON.stringify(body), credentials: "omit", cache: "no-store",
      referrerPolicy: "origin", signal,
    });
    if (response.ok) return response;
    const said = await response.json().catch(() => ({}));
    throw Object.assign(new Error(said.error || words.failed), { code: said.code || "", status: response.status });
  };

  const configure = async () => {
    config = await (await ask("/config?lang=" + language)).json();
    title.textContent = set.title || config.title;
    field.maxLength = config.longest;
    const wanted = config.agreement;
    if (wanted && kept.agreed !== wanted.version) {
      tick.checked = false;
      agree.replaceChildren(...(wanted.ticked ? [tick, make("label", { for: "tick" }, ...linked(wanted.words))]
        : linked(wanted.words)));
      agree.hidden = false;
    } else agree.hidden = true;
    if (config.by_text) wishes.replaceChildren(...linked(config.by_text.words));
    draw();
  };

  let wanted = "";
  // The form that asks for a number, in place of the one that a text is written in.
  const swap = (on) => {
    phone.hidden = !on;
    form.hidden = on;
    wish.checked = false;
    wanted = random(16);
    status.textContent = "";
    byText.setAttribute("aria-expanded", on);
    draw();
    (on ? number : field).focus();
  };

  const linked = (said) => said.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)])/).map((part, n) => n % 2
    ? make("a", { href: part, target: "_blank", rel: "noopener noreferrer nofollow" }, part) : part);

  const bubble = (text) => {
    const mine = text.from === "you";
    const body = make("div", { class: mine ? "text mine" : "text" },
      make("span", { class: "sr" }, mine ? words.you + " " : words.us + " "), ...linked(text.text));
    for (const url of text.media || []) {
      body.append(text.text ? "\n" : "", make("a", { href: url, target: "_blank",
        rel: "noopener noreferrer nofollow" },
      (text.pictures || []).includes(url) ? make("img", { src: url, alt: words.file }) : words.file));
    }
    return body;
  };

  const draw = () => {
    const all = [...texts.values()].sort((a, b) => (a.id && b.id ? (a.id < b.id ? -1 : 1) : a.id ? -1 : b.id ? 1 : 0));
    const greeting = set.greeting || (config && config.greeting);
    if (greeting && !shown.has("greeting")) {
      shown.set("greeting", bubble({ from: "us", text: greeting }));
      log.prepend(shown.get("greeting"));
    }
    const before = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    let place = shown.get("greeting") || null;
    for (const text of all) {
      const key = text.ref || text.id;
      if (!shown.has(key)) shown.set(key, bubble(text));
      const made = shown.get(key);
      const next = place ? place.nextSibling : log.firstChild;
      if (next !== made) log.insertBefore(made, next);
      place = made;
      if (text.state !== undefined || made.state) place = stateOf(text, made);
    }
    const newest = all[all.length - 1];
    choices.replaceChildren(...((newest && newest.from === "us" && newest.options) || []).map((one) =>
      make("button", { type: "button", onclick: () => { if (say(one)) field.focus(); } }, one)));
    choices.hidden = !choices.childElementCount || form.hidden;
    byText.hidden = form.hidden || !config || !config.by_text || !all.some((text) => text.from === "you" && text.id);
    if (before || (newest && newest.state === words.sending)) log.scrollTop = log.scrollHeight;
    count(all);
  };

  // Below a text of the visitor's own that has not been taken.
  const stateOf = (text, made) => {
    if (made.state) made.state.remove();
    made.state = null;
    if (!text.state || text.id) return made;
    made.state = make("div", { class: "state" }, text.state);
    if (text.state === words.failed) {
      made.state.append(" ", make("button", { type: "button", onclick: () => post(text) }, words.again));
    }
    made.after(made.state);
    return made.state;
  };

  const count = (all) => {
    const ours = all.filter((text) => text.from === "us");
    if (!panel.hidden && !document.hidden) {
      if (ours.length) keep({ read: ours[ours.length - 1].id });
      badge.hidden = true;
      unread.textContent = "";
      return;
    }
    const n = ours.filter((text) => text.id > (kept.read || "")).length;
    badge.hidden = !n;
    badge.textContent = n;
    if (unread.textContent !== (n ? words.unread(n) : "")) unread.textContent = n ? words.unread(n) : "";
  };

  const say = (said) => {
    const text = said.trim();
    if (!text) return false;
    const wanted = config && config.agreement;
    if (wanted && kept.agreed !== wanted.version) {
      if (wanted.ticked && !tick.checked) {
        status.textContent = words.agree;
        tick.focus();
        return false;
      }
      keep({ agreed: wanted.version });
      agree.hidden = true;
    }
    status.textContent = "";
    if (!kept.token) keep({ token: random(32) });
    const made = { ref: random(16), from: "you", text, at: Date.now() };
    texts.set(made.ref, made);
    post(made);
    return true;
  };

  const post = async (text) => {
    text.state = words.sending;
    draw();
    try {
      await ask("/texts", { token: kept.token, ref: text.ref, text: text.text, agreed: kept.agreed || "",
        page: location.pathname });
      text.state = "";
      listen();
    } catch (error) {
      text.state = words.failed;
      if (error.code === "agree") keep({ agreed: "" });
      if (error.code) status.textContent = error.message;
      if (error.code === "agree") await configure().catch(() => {});
    }
    draw();
  };

  // One text of the server's: ours is known by our own name for it.
  const take = (text) => {
    const known = text.ref && texts.get(text.ref);
    if (known) Object.assign(known, text, { state: "" });
    else texts.set(text.id, text);
    if (text.ref && !known) texts.delete(text.id), texts.set(text.ref, text);
  };

  const listen = async () => {
    if (listening || !kept.token) return;
    const mine = (listening = new AbortController());
    let alarm = 0;
    const alive = () => {
      clearTimeout(alarm);
      alarm = setTimeout(() => mine.abort(), 40000);
    };
    try {
      alive();
      const response = await ask("/stream", { token: kept.token, after: last }, mine.signal);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        alive();
        wait = 1;
        if (away) status.textContent = words.back;
        away = false;
        const events = (rest + value).split("\n\n");
        rest = events.pop();
        for (const event of events) {
          const lines = Object.fromEntries(event.split("\n").map((one) => one.split(/: (.*)/s, 2)));
          if (lines.event !== "texts") continue;
          JSON.parse(lines.data).forEach(take);
          if (lines.id > last) last = lines.id;
          draw();
        }
      }
    } catch (error) {
      if (!hiddenAt && !mine.quiet) {
        wait = Math.min(wait * 2, 30);
        away = true;
        if (!panel.hidden) status.textContent = words.away;
      }
      if (error.status === 403 || error.status === 404) wait = 300;
    }
    clearTimeout(alarm);
    listening = null;
    if (!hiddenAt) setTimeout(listen, wait * (500 + Math.random() * 500));
  };

  // A page that nobody looks at does not keep a connection for long.
  let resting = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(resting);
    if (document.hidden) {
      resting = setTimeout(() => {
        hiddenAt = Date.now();
        if (listening) listening.abort();
      }, 60000);
    } else {
      hiddenAt = 0;
      listen();
      draw();
    }
  });
  addEventListener("online", () => {
    wait = 1;
    listen();
  });

  const open = (focus) => {
    panel.hidden = false;
    frame.classList.add("open");
    launch.setAttribute("aria-expanded", "true");
    if (!config) configure().catch((error) => { status.textContent = error.code ? error.message : words.away; });
    listen();
    draw();
    log.scrollTop = log.scrollHeight;
    if (focus) field.focus();
  };
  const close = () => {
    panel.hidden = true;
    frame.classList.remove("open");
    launch.setAttribute("aria-expanded", "false");
    launch.focus();
  };
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (say(field.value)) field.value = "";
  });
  phone.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!wish.checked) {
      status.textContent = words.agree;
      wish.focus();
      return;
    }
    status.textContent = words.sending;
    try {
      await ask("/by-text", { token: kept.token, ref: wanted, number: number.value,
        agreed: config.by_text.version, page: location.pathname });
      number.value = "";
      swap(false);
      status.textContent = words.asked;
    } catch (error) {
      if (error.code === "agree_text") await configure().catch(() => {});
      status.textContent = error.code ? error.message : words.failed;
    }
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  const begin = () => {
    document.body.append(host);
    if (kept.token) listen();
    if (set.open !== undefined) open(false);
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
