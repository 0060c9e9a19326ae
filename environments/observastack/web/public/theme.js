// Runs before first paint, outside the bundle, so that a chosen theme does not flash in late.
try {
  const choice = localStorage.getItem("observastack.theme");
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
} catch {
  // Storage may be refused; the system's preference then applies.
}
