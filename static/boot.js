// Starts the page: loads the wasm that index.html names, and says how far that is. A file of its own, because the
// page's Content-Security-Policy allows no inline script; the page in a single file carries it, and the wasm, inside.
// <html data-lab> says how far it got: loading, ready, failed.
const page = document.documentElement;
const names = document.querySelector("script[data-wasm]")?.dataset;
const address = (name) => new URL(name, document.baseURI);
page.dataset.lab = "loading";

// Light or dark as the address wants it, before anything is drawn; without a wish the system's choice holds.
const query = new URLSearchParams(location.search);
const theme = query.get("theme");
if ("single" in page.dataset && query.has("embed")) page.dataset.embed = "";
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
// The language: the address's (?lang=de), else the one chosen before, else the first of the browser's that is shipped.
// English is in the page itself; another language is a table from English sentences to its own, which is fetched while
// the program loads and handed over to it. What it lacks stays English.
const shipped = ["en", "de"];
const known = (tag) => shipped.find((code) => code === tag) ?? shipped.find((code) => code === tag.split("-")[0]);
function wanted() {
  const named = new URLSearchParams(location.search).get("lang") ?? "";
  // A folder beside the page may hold one that is not shipped.
  if (/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$/.test(named)) return known(named) ?? named;
  let kept = null;
  try {
    kept = localStorage.getItem("serviceaccount-lab/language");
  } catch { /* a frame without storage */ }
  return [kept, ...(navigator.languages ?? [])].filter(Boolean).map(known).find(Boolean) ?? "en";
}
const language = { code: wanted(), text: undefined };
globalThis.salabLanguage = language;
let words = {};
const say = (english, ...values) => {
  const text = typeof words[english] === "string" ? words[english] : english;
  return text.replace(/\{(\d)\}/g, (_, place) => values[place]);
};
async function speak() {
  // The page in a single file carries its languages in the program.
  if (language.code === "en" || "single" in page.dataset) return;
  try {
    const response = await fetch(address(`languages/${language.code}/interface.json`));
    if (!response.ok) return;
    language.text = await response.text();
    if (language.text.length <= 512 * 1024) words = JSON.parse(language.text) ?? {};
  } catch {
    return; // the program says what is wrong with it
  }
  page.lang = language.code;
  page.dir = words["@direction"] === "rtl" ? "rtl" : "ltr";
  document.title = say(document.title);
  for (const element of document.querySelectorAll(".before :is(h1, p, li)")) {
    if (!element.firstElementChild) element.textContent = say(element.textContent.trim().replace(/\s+/g, " "));
  }
}
// Inside another page: the title, the goal and the opening of the lesson that the address names, if it is one of those
// listed there. The opening is listed in English only.
function announce() {
  const wish = query.get("lesson");
  const listed = [...document.querySelectorAll(".before [data-lesson]")].filter(({ dataset }) => wish && dataset.lesson.startsWith(wish));
  const lesson = listed.find(({ dataset }) => dataset.lesson === wish) ?? (listed.length === 1 ? listed[0] : undefined);
  if (!lesson) return;
  const [title, goal, opening] = [...lesson.children].map(({ textContent }) => say(textContent));
  const heading = document.querySelector(".before h1");
  heading.textContent = title;
  // What is already drawn changes its text, so that nothing moves.
  const large = heading.nextElementSibling;
  const paragraph = (text, name) => Object.assign(document.createElement("p"), { textContent: text, className: name });
  const isShown = /(^|[ ,+])(lesson|full)($|[ ,+])/.test(query.get("view") ?? "lesson");
  large.after(...(isShown && !language.text ? [paragraph(opening, "opening")] : []), paragraph(large.textContent, ""));
  large.textContent = goal;
}
const spoken = speak().then(announce);

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
  dialog.setAttribute("aria-label", say("The lab has failed"));
  const add = (tag, text) => {
    const child = document.createElement(tag);
    child.textContent = text;
    dialog.append(child);
    return child;
  };
  add("h2", say("The lab has failed"));
  add("p", say("That is a mistake in the lab, not yours. Nothing is lost: the session can be restored up to the command before."));
  const button = add("button", say("Restore the session"));
  button.className = "primary";
  button.dataset.labRestore = "";
  add("pre", String(error));
  document.body.append(dialog);
  // Not at once: a key that is down would press it.
  setTimeout(() => button.focus(), 200);
});

// Where the download takes a while, a bar shows it. Its length is known only where the server sends the bytes as they
// are; else it says how many have come.
function watched(response) {
  const note = document.createElement("p");
  note.className = "loading";
  const bar = document.createElement("progress");
  const count = document.createElement("span");
  note.append(bar, " ", count);
  const shown = setTimeout(() => document.querySelector(".before")?.append(note), 400);
  const total = response.headers.has("content-encoding") ? 0 : Number(response.headers.get("content-length"));
  if (total) bar.max = total;
  let got = 0;
  const counting = new TransformStream({
    transform(chunk, out) {
      got += chunk.length;
      if (total) bar.value = got;
      const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
      count.textContent = total
        ? say("{0} of {1} MB loaded", megabytes(got), megabytes(total))
        : say("{0} MB loaded", megabytes(got));
      out.enqueue(chunk);
    },
    flush() {
      clearTimeout(shown);
      count.textContent = say("Starting …");
    },
  });
  return new Response(response.body.pipeThrough(counting), { headers: { "content-type": "application/wasm" } });
}

// Whether the files are there, and only not for a frame without an origin.
async function isShutOut() {
  if (origin !== "null" || !names) return false;
  return fetch(address(names.wasm), { method: "HEAD", mode: "no-cors" }).then(() => true, () => false);
}

// What stands in the way, and what to do about it.
async function reason(error) {
  if (location.protocol === "file:" && names) {
    return say("From the disk only the single file works, serviceaccount-lab.html; these files need a server.");
  }
  if (await isShutOut()) {
    return say("This frame is sandboxed, so the server of the lab has to send a header with all its files: Access-Control-Allow-Origin: *");
  }
  if (typeof WebAssembly === "undefined") return say("This browser has no WebAssembly, or it is switched off.");
  if (error instanceof WebAssembly.CompileError && /Content.Security.Policy|unsafe-eval|blocked by CSP/i.test(error.message)) {
    return say("This site's Content-Security-Policy forbids WebAssembly: script-src needs 'wasm-unsafe-eval'.");
  }
  // Firefox says InternalError of a program that ends in the middle.
  if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError || error.name === "InternalError") {
    return say("The program arrived damaged or in parts; reloading the page gets it anew.");
  }
  if (error instanceof TypeError) return say("The program could not be downloaded. Is there a connection? Then reload the page.");
  return say("It needs a current browser that allows WebAssembly.");
}

async function get(url) {
  const response = await fetch(url);
  if (!response.ok) throw new TypeError(`${url.pathname}: ${response.status}`);
  return response.body && typeof TransformStream === "function" ? watched(response) : response;
}

// A line at the edge of the page.
function told(...words) {
  const note = document.createElement("div");
  note.className = "update";
  note.setAttribute("role", "status");
  note.append(...words);
  return note;
}

function offer(load) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "primary";
  button.textContent = say("Load it");
  button.onclick = load;
  return button;
}

// The program comes in two halves (tools/halves): what a first visit runs, and the rest, which comes when somebody does
// something. What is done then waits for it (src/embed/rest.rs); whatever else calls into it before gets it at once, and the
// page stands still meanwhile.
const rest = {
  module: undefined,
  coming: undefined,
  waiting: undefined,
  isHere: () => !names?.rest || rest.module !== undefined,
  bring() {
    const compile = async () => {
      const response = await fetch(address(names.rest));
      if (!response.ok) throw Object.assign(new TypeError(`${names.rest}: ${response.status}`), { isGone: response.status === 404 });
      rest.module ??= await WebAssembly.compile(await response.arrayBuffer());
    };
    return (rest.coming ??= (rest.isHere() ? Promise.resolve() : compile()).finally(() => (rest.coming = undefined)));
  },
  // Until it is here, whatever happens: whoever waits has not lost anything. All wait for one promise, and go on in their order.
  wait: () => (rest.waiting ??= rest.come().finally(() => (rest.waiting = undefined))),
  async come() {
    const note = told(say("The rest of the lab is loading …"));
    const shown = setTimeout(() => document.body.append(note), 400);
    while (!rest.isHere()) {
      await rest.bring().catch(async ({ isGone }) => {
        // Another version may be on the server since this page was opened.
        const anew = isGone && !note.querySelector("button");
        if (anew) note.replaceChildren(say("A newer version of the lab is ready. Your session stays."), " ", offer(() => location.reload()));
        if (!isGone) note.textContent = say("The rest of the lab cannot be downloaded. Is there a connection? It is tried again, and what you did then goes on.");
        document.body.append(note);
        await new Promise((again) => setTimeout(again, 2000));
      });
    }
    clearTimeout(shown);
    note.remove();
  },
  // For the program, which has called a function of it.
  load(exports) {
    rest.module ??= new WebAssembly.Module(read(address(names.rest)));
    new WebAssembly.Instance(rest.module, { halves: exports });
  },
};
globalThis.salabRest = rest;
// Somebody does more than look.
const interest = new Promise((done) => {
  for (const sign of ["pointermove", "pointerdown", "touchstart", "keydown", "click"]) {
    addEventListener(sign, done, { once: true, capture: true, passive: true });
  }
});
interest.then(() => rest.bring()).catch(() => {});
// Then, while there is nothing else to do, the browser may compile what the first commands run (src/embed/warm.rs).
async function warm({ warmUp }) {
  await interest;
  await rest.bring();
  const next = () => rest.isHere() && warmUp() && requestIdleCallback(next);
  if ("requestIdleCallback" in globalThis) requestIdleCallback(next);
}

// A file's bytes without letting anything else happen.
function read(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  // Bytes cannot be asked for in this way; letters that stand for bytes can.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status !== 200) throw new WebAssembly.RuntimeError(`${url.pathname}: ${request.status}`);
  return Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0) & 0xff);
}

// Lessons that begin with little; what the others begin with takes the whole program.
const LIGHT = ["first-five-minutes", "default-account", "mounted-files", "your-own-account", "automount-off", "free-play"];

// Whether the whole program is needed at once: something was done in this tab before, or is asked for in the address.
function isGoingOn() {
  if (["state", "step", "autorun", "version"].some((word) => query.has(word))) return true;
  const lesson = query.get("lesson") ?? location.hash.replace(/^#(lesson=)?/, "");
  if (!LIGHT.some((id) => id.startsWith(lesson))) return true;
  try {
    return Object.keys(sessionStorage).some((key) => key.startsWith("serviceaccount-lab/"));
  } catch {
    return false;
  }
}

// The text is drawn before the lab takes its place, however fast that comes. Nothing is drawn where nobody looks.
const drawn = new Promise((done) => {
  if (document.hidden) return done();
  setTimeout(done, 500);
  try {
    new PerformanceObserver(done).observe({ type: "paint", buffered: true });
  } catch { /* then half a second */ }
});

// The wasm as files beside the page, or as text inside it.
async function load() {
  const inside = document.getElementById("wasm");
  if (inside) {
    // What a learning platform kept, before anything begins (static/scorm.js).
    await globalThis.salabLms?.ready;
    const packed = Uint8Array.from(atob(inside.textContent), (letter) => letter.charCodeAt(0));
    const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    await wasm_bindgen({ module_or_path: await new Response(bytes).arrayBuffer() });
    return wasm_bindgen;
  }
  const wasm = get(address(names.wasm));
  wasm.catch(() => {});
  const whole = isGoingOn() ? rest.bring().catch(() => {}) : undefined;
  const program = await import(address(names.js));
  await Promise.all([spoken, drawn, whole]);
  await program.default({ module_or_path: wasm });
  return program;
}

// The page works without a connection once somebody did something in it, and says when a newer one has come (sw.js). Not inside other pages,
// and not where there is no such thing: in a sandbox, or from a file.
async function keep() {
  if (page.dataset.embed !== undefined || page.dataset.single !== undefined || !("serviceWorker" in navigator)) return;
  const workers = navigator.serviceWorker;
  // Keeping it takes all of it.
  if (!workers.controller) await interest;
  const registration = await workers.register(address("sw.js"), { updateViaCache: "none" });
  const tell = (worker) => {
    if (!worker || !workers.controller || document.querySelector(".update")) return;
    const note = told(say("A newer version of the lab is ready. Your session stays."), " ");
    note.append(offer(() => {
      workers.addEventListener("controllerchange", () => location.reload(), { once: true });
      worker.postMessage("take over");
    }));
    document.body.append(note);
  };
  tell(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => worker.state === "installed" && tell(worker));
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && registration.update().catch(() => {}));
  // Where the site's policy has no word on manifests, asking for one would be a violation.
  const policy = (await fetch(location.href, { method: "HEAD" })).headers.get("content-security-policy");
  if (policy && !policy.includes("manifest-src")) return;
  const link = document.createElement("link");
  link.rel = "manifest";
  link.href = address("manifest.webmanifest");
  document.head.append(link);
}

load().then(
  (program) => {
    page.dataset.lab = "ready";
    warm(program).catch(() => {});
    // Access alone throws in a sandbox; without it the page is none the worse.
    keep().catch(() => {});
  },
  async (error) => {
    const why = await reason(error);
    page.dataset.lab = "failed";
    const note = document.createElement("p");
    note.setAttribute("role", "alert");
    note.textContent = `${say("The lab could not start.")} ${why} (${error})`;
    document.body.prepend(note);
    // The page around has the text that needs no program.
    if ("embed" in page.dataset && parent !== window) parent.postMessage({ salab: 1, type: "failed", reason: note.textContent }, "*");
    throw error;
  },
);
