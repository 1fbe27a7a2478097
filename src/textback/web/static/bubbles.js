// What a text in the thread can do: its picture opens large in place, the words of one that
// failed go to the composer, and the timeline leads to an episode.

const look = document.getElementById("look");

function show(link) {
  const small = link.querySelector("img");
  const large = look.querySelector("img");
  large.src = link.href;
  large.alt = small.alt;
  look.setAttribute("aria-label", small.alt);
  if (!look.open) look.showModal();
}

// The pictures before and after the one that is open.
function turn(step) {
  const all = [...document.querySelectorAll("[data-look]")].filter((one) => one.checkVisibility());
  const next = all[all.findIndex((one) => one.href === look.querySelector("img").src) + step];
  if (next) show(next);
}

look?.addEventListener("click", (event) => {
  if (event.target === look) look.close();
});
look?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") turn(-1);
  else if (event.key === "ArrowRight") turn(1);
  else return;
  event.preventDefault();
});
look?.addEventListener("close", () => look.querySelector("img").removeAttribute("src"));

const LINK = /(?:https?:\/\/|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\/\S*/gi;
const plain = (text) => text.replace(LINK, "").replace(/[ \t]{2,}/g, " ").trim();

// Nothing is sent again by itself: the words are put where a person writes. Where nobody can write yet, a page is loaded
// that says why.
function again(link) {
  const lock = document.getElementById("lock");
  const words = link.closest(".msg").querySelector(".msg__text")?.textContent ?? "";
  if (!document.getElementById("reply") || lock?.dataset.locked) return false;
  document.querySelector(".composer.is-note [data-kind=reply]")?.click();
  document.dispatchEvent(new CustomEvent("textback:write", { detail: link.dataset.again === "plain" ? plain(words) : words }));
  return true;
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const picture = event.target.closest?.("[data-look]");
  const failed = event.target.closest?.("[data-again]");
  const episode = document.getElementById(event.target.closest?.("[data-episode]")?.dataset.episode ?? "");
  if (picture && look) {
    event.preventDefault();
    show(picture);
  } else if (failed && again(failed)) event.preventDefault();
  else if (episode?.checkVisibility()) {
    event.preventDefault();
    episode.open = true;
    episode.scrollIntoView({ block: "start" });
    const line = episode.querySelector("summary");
    (line.checkVisibility() ? line : episode.closest(".log")).focus({ preventScroll: true });
  }
});
