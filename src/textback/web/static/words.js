// The words that scripts say: English, unless the page brings those of another language in a block of data.

const place = document.getElementById("words");
const words = place ? JSON.parse(place.textContent) : {};

export const say = (said, values = {}) => (words[said] ?? said).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
