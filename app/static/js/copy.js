// A button that copies what a field or a list holds: data-copy names its id, data-copied is said once it is done.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const held = button && document.getElementById(button.dataset.copy);
  if (!held) return;
  // Selected in any case, so that the keyboard can copy it where the clipboard is not to be had.
  if (held.select) held.select();
  else getSelection().selectAllChildren(held);
  try {
    await navigator.clipboard.writeText(held.value ?? held.innerText);
  } catch {
    return;
  }
  button.textContent = button.dataset.copied;
});
