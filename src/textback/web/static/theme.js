// Before the first paint: the theme that this browser chose. Without a choice the system's is used.
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // No storage, no choice.
  }
})();
