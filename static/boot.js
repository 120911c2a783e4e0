// Starts the page: loads the wasm that index.html names. A file of its own, because the page's
// Content-Security-Policy allows no inline script. <html data-lab> says how far it got.
const page = document.documentElement;
const names = document.querySelector("script[data-wasm]").dataset;
const address = (name) => new URL(name, document.baseURI);
page.dataset.lab = "loading";
// A lab that has failed cannot serve its own button.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-lab-restore]")) location.reload();
});
try {
  const { default: start } = await import(address(names.js));
  await start({ module_or_path: address(names.wasm) });
  page.dataset.lab = "ready";
} catch (error) {
  page.dataset.lab = "failed";
  const note = document.createElement("p");
  note.setAttribute("role", "alert");
  note.textContent = `The lab could not start: ${error}. It needs a current browser that allows WebAssembly.`;
  document.body.prepend(note);
  throw error;
}
