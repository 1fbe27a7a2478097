// Leads: a choice is saved when it is made, and a phone opens the contact's page, where there is no room beside the table.

for (const form of document.querySelectorAll("form[data-at-once]")) {
  for (const spare of form.querySelectorAll("[data-spare]")) spare.hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-phone]");
  if (!link || event.ctrlKey || event.metaKey || !matchMedia("(max-width: 1180px)").matches) return;
  event.preventDefault();
  location.assign(link.dataset.phone);
});
