// Copying the address of a line. Where the browser has no clipboard the address is selected instead.

import { say } from "./words.js";

const said = document.getElementById("copied");

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  const label = button.firstChild;
  const words = label.textContent;
  let timer = 0;
  button.addEventListener("click", async () => {
    const place = document.getElementById(button.dataset.copy);
    let done = true;
    try {
      await navigator.clipboard.writeText(place.textContent);
    } catch {
      done = false;
      getSelection().selectAllChildren(place);
    }
    label.textContent = done ? say("Copied") : say("Selected");
    said.textContent = done ? say("The address is copied.") : say("The address is selected: copy it.");
    clearTimeout(timer);
    timer = setTimeout(() => {
      label.textContent = words;
      said.textContent = "";
    }, 3000);
  });
}
