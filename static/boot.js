// Starts the page: loads the wasm that index.html names, and says how far that is. A file of its own, because the
// page's Content-Security-Policy allows no inline script. <html data-lab> says how far it got: loading, ready, failed.
const page = document.documentElement;
const names = document.querySelector("script[data-wasm]").dataset;
const address = (name) => new URL(name, document.baseURI);
page.dataset.lab = "loading";

// Light or dark as the address wants it, before anything is drawn; without a wish the system's choice holds.
const theme = new URLSearchParams(location.search).get("theme");
if (theme === "light" || theme === "dark") page.dataset.theme = theme;

// A sandbox without allow-forms drops a form's submission before its handler hears of it. No form here is ever sent
// anywhere, so the handler may as well hear of the click.
if (origin === "null") {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[type=submit]");
    if (!button?.form || button.disabled) return;
    event.preventDefault();
    button.form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter: button }));
  });
}

// A lab that has failed cannot serve its own button.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-lab-restore]")) location.reload();
});

// The program tells of its own failures (src/embed/failure.rs). Where it cannot, because its stack or its memory is
// used up, this does.
addEventListener("error", ({ error }) => {
  if (page.dataset.lab !== "ready" || document.querySelector(".failure")) return;
  if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) return;
  const dialog = document.createElement("div");
  dialog.className = "failure";
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-label", "The lab has failed");
  const add = (tag, text) => {
    const child = document.createElement(tag);
    child.textContent = text;
    dialog.append(child);
    return child;
  };
  add("h2", "The lab has failed");
  add("p", "That is a mistake in the lab, not yours. Nothing is lost: the session can be restored up to the command before.");
  const button = add("button", "Restore the session");
  button.className = "primary";
  button.dataset.labRestore = "";
  add("pre", String(error));
  document.body.append(dialog);
});

// Where the download takes a while, a bar shows it. Its length is known only where the server sends the bytes as they
// are; else it says how many have come.
function watched(response) {
  const note = document.createElement("p");
  note.className = "loading";
  const bar = document.createElement("progress");
  const words = document.createElement("span");
  note.append(bar, " ", words);
  const shown = setTimeout(() => document.querySelector(".before")?.append(note), 400);
  const total = response.headers.has("content-encoding") ? 0 : Number(response.headers.get("content-length"));
  if (total) bar.max = total;
  let got = 0;
  const count = new TransformStream({
    transform(chunk, out) {
      got += chunk.length;
      if (total) bar.value = got;
      const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
      words.textContent = `${megabytes(got)} ${total ? `of ${megabytes(total)} ` : ""}MB loaded`;
      out.enqueue(chunk);
    },
    flush() {
      clearTimeout(shown);
      words.textContent = "Starting …";
    },
  });
  return new Response(response.body.pipeThrough(count), { headers: { "content-type": "application/wasm" } });
}

// What stands in the way, and what to do about it.
function reason(error) {
  if (typeof WebAssembly === "undefined") return "This browser has no WebAssembly, or it is switched off.";
  if (error instanceof WebAssembly.CompileError && /Content.Security.Policy|unsafe-eval/i.test(error.message)) {
    return "This site's Content-Security-Policy forbids WebAssembly: script-src needs 'wasm-unsafe-eval'.";
  }
  if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) {
    return "The program arrived damaged or in parts; reloading the page gets it anew.";
  }
  if (error instanceof TypeError) return "The program could not be downloaded. Is there a connection? Then reload the page.";
  return "It needs a current browser that allows WebAssembly.";
}

async function get(url) {
  const response = await fetch(url);
  if (!response.ok) throw new TypeError(`${url.pathname}: ${response.status}`);
  return response.body && typeof TransformStream === "function" ? watched(response) : response;
}

try {
  const wasm = get(address(names.wasm));
  wasm.catch(() => {});
  const { default: start } = await import(address(names.js));
  await start({ module_or_path: wasm });
  page.dataset.lab = "ready";
} catch (error) {
  page.dataset.lab = "failed";
  const note = document.createElement("p");
  note.setAttribute("role", "alert");
  note.textContent = `The lab could not start. ${reason(error)} (${error})`;
  document.body.prepend(note);
  // The page around has the text that needs no program.
  if ("embed" in page.dataset && parent !== window) parent.postMessage({ salab: 1, type: "failed", reason: note.textContent }, "*");
  throw error;
}
