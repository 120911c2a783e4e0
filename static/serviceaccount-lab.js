// <serviceaccount-lab>: the lab in another page, by one tag. docs/embedding.md is its manual, serviceaccount-lab.d.ts its types.
//
// The element is a frame with embed.html in it, so the lab and the page share no style, no keys, no focus and no script.
// What stands between its tags is shown until the lab is there, and where it cannot be: without JavaScript, in print, where
// WebAssembly is blocked. All else is the lab's own business (src/embed/, src/ui/embedded.rs).

const PROTOCOL = 1;
/** Where this file is, and the lab beside it; a bundler does not see through this, and leaves embed.html alone. */
const HERE = import.meta.url;
/** What the address of embed.html knows. Names are never taken away; the lab ignores what it does not know. */
const WORDS = ["lesson", "step", "version", "view", "theme", "lang", "autorun", "controls", "readonly", "name"];
/** The custom properties that reach into the frame: `--salab-accent` and so on. */
const PROPERTIES = [
  "paper", "surface", "sunken", "ink", "muted", "line", "accent", "accent-soft", "on-accent", "injected", "injected-soft",
  "done", "done-soft", "changed", "changed-soft", "refused", "refused-soft", "term", "term-text", "sans", "mono",
];
/** How long a frame that has loaded may take to say that it is there. */
const PATIENCE_MILLIS = 10_000;
const HEIGHT_MIN = 80;
const HEIGHT_MAX = 6000;

/** A lab in a frame. Everything goes through a MessagePort of its own; answers are promises, the rest are events. */
export class Lab extends EventTarget {
  #port;
  #offered = new Set();
  #number = 0;
  #waiting = new Map();
  #wanted = [];
  #release;
  /** Called by connect(). */
  constructor(release) {
    super();
    this.#release = release;
  }
  /**
   * Called by connect(): a port that is offered to the frame. A frame that has called twice takes the first, one that has
   * loaded anew takes another: it is the one over which something comes.
   */
  take(port) {
    this.#offered.add(port);
    port.onmessage = ({ data }) => {
      if (port !== this.#port) this.#choose(port);
      this.#hear(data);
    };
  }
  #choose(port) {
    for (const other of [...this.#offered, this.#port]) if (other !== port) other?.close();
    this.#offered.clear();
    this.#forget("The lab was loaded again.");
    this.#port = port;
    if (this.#wanted.length) this.want(this.#wanted).catch(() => {});
  }
  #hear(data) {
    if (data?.re === undefined) {
      this.dispatchEvent(new CustomEvent(String(data?.type), { detail: data }));
      return;
    }
    const { resolve, reject } = this.#waiting.get(data.re) ?? {};
    this.#waiting.delete(data.re);
    if (data.ok) resolve?.(data.value);
    else reject?.(new Error(data.error));
  }
  #forget(why) {
    for (const { reject } of this.#waiting.values()) reject(new Error(why));
    this.#waiting.clear();
  }
  #ask(type, fields) {
    return new Promise((resolve, reject) => {
      if (!this.#port) return reject(new Error("The lab is closed."));
      const id = ++this.#number;
      this.#waiting.set(id, { resolve, reject });
      this.#port.postMessage({ id, type, ...fields });
    });
  }
  goto(lesson, step) { return this.#ask("goto", { lesson, step }); }
  reset() { return this.#ask("reset"); }
  run(command) { return this.#ask("run", { command }); }
  undo() { return this.#ask("undo"); }
  redo() { return this.#ask("redo"); }
  seek(time) { return this.#ask("seek", { time }); }
  getState() { return this.#ask("getState"); }
  setState(state) { return this.#ask("setState", { state }); }
  getTranscript() { return this.#ask("getTranscript"); }
  setTheme(theme, properties) { return this.#ask("setTheme", { theme, properties }); }
  /** Asks for the events that are not told unasked: "command", "state". */
  want(events) {
    this.#wanted = events;
    return this.#ask("want", { events });
  }
  /** Lets go of the frame. */
  close() {
    this.#release?.();
    for (const port of [...this.#offered, this.#port]) port?.close();
    this.#offered.clear();
    this.#port = undefined;
    this.#forget("The lab was closed.");
  }
}

/** Connects to the lab in a frame: one that has loaded, or is about to. */
export function connect(frame) {
  return new Promise((resolve, reject) => {
    let late;
    const expected = () => new URL(frame.src, document.baseURI).origin;
    const hear = (event) => {
      // The window proves who speaks: in a sandbox the origin is "null", which anybody may be.
      if (event.source !== frame.contentWindow || event.data?.salab !== PROTOCOL) return;
      if (event.origin !== "null" && event.origin !== expected()) return;
      clearTimeout(late);
      if (event.data.type === "failed") {
        fail(String(event.data.reason));
      } else if (event.data.type === "hello") {
        const { port1, port2 } = new MessageChannel();
        lab.take(port1);
        event.source.postMessage({ salab: PROTOCOL, type: "connect" }, event.origin === "null" ? "*" : event.origin, [port2]);
      }
    };
    const fail = (words) => {
      lab.close();
      reject(new Error(words));
    };
    const wait = () => {
      clearTimeout(late);
      const words = `The frame ${frame.src} does not answer. It may be missing, or the page's Content-Security-Policy may need: frame-src ${expected()}`;
      late = setTimeout(() => fail(words), PATIENCE_MILLIS);
    };
    // Not every browser lets a frame load that is forbidden.
    const forbidden = ({ effectiveDirective, blockedURI }) => {
      if (effectiveDirective !== "frame-src" || !blockedURI.startsWith(expected())) return;
      fail(`The page's Content-Security-Policy forbids the lab; it needs: frame-src ${expected()}`);
    };
    const lab = new Lab(() => {
      removeEventListener("message", hear);
      frame.removeEventListener("load", wait);
      document.removeEventListener("securitypolicyviolation", forbidden);
      clearTimeout(late);
    });
    addEventListener("message", hear);
    frame.addEventListener("load", wait, { once: true });
    document.addEventListener("securitypolicyviolation", forbidden);
    lab.addEventListener("ready", () => {
      document.removeEventListener("securitypolicyviolation", forbidden);
      resolve(lab);
    }, { once: true });
  });
}

/** Whether what is behind an element is dark; undefined if nothing is drawn there. */
function isDark(element) {
  for (let node = element; node; node = node.parentElement ?? node.getRootNode().host) {
    const [red, green, blue, alpha = 1] = (getComputedStyle(node).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    if (red !== undefined && alpha > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  }
  return undefined;
}

/** A short name for a text (FNV-1a). */
function hash(text) {
  let sum = 0x811c9dc5;
  for (const letter of text) sum = Math.imul(sum ^ letter.codePointAt(0), 0x01000193);
  return (sum >>> 0).toString(36);
}

const SHEET = `
:host { display: block; margin: 1em 0; }
:host([hidden]) { display: none; }
iframe { display: block; box-sizing: border-box; width: 100%; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 8px; }
iframe.is-coming { position: absolute; width: 1px; height: 1px; opacity: 0; pointer-events: none; }
:host(.is-ready) slot { display: none; }
:host { position: relative; }
button { font: inherit; margin: 0.5em 0; padding: 0.4em 1em; cursor: pointer; }
p { border-inline-start: 3px solid; padding-inline-start: 0.75em; }
@media print {
  iframe, button { display: none !important; }
  :host(.is-ready) slot { display: contents; }
}`;

/** One observer for all: loads what comes near the window. */
const near = globalThis.IntersectionObserver && new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) target.load();
}, { rootMargin: "400px" });

// Where there is no document (a site that is rendered on a server), the module can be imported all the same.
const Base = globalThis.HTMLElement ?? class {};

export class ServiceAccountLabElement extends Base {
  static observedAttributes = [...WORDS, "state", "src", "height", "load"];
  #frame;
  #lab;
  #note;
  #button;
  #ready;
  #settle;
  #state;
  #theme;
  #watch;
  #changed = false;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    root.adoptedStyleSheets = [sheet];
    root.append(document.createElement("slot"));
    this.#expect();
  }

  /** Resolves with the Lab once it is there; another one after the element was taken out and put back. */
  get ready() { return this.#ready; }

  #expect() {
    this.#ready = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.#ready.catch(() => {});
  }

  connectedCallback() {
    const when = this.getAttribute("load");
    if (when === "click") this.#offer();
    else if (when === "now" || !near) this.load();
    else near.observe(this);
  }

  disconnectedCallback() {
    near?.unobserve(this);
    this.#unload();
  }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#frame || this.#changed) return;
    if (name === "theme") return this.#dress();
    if (name === "height") this.#resize(0);
    if (name === "state") this.#state = undefined;
    // Several attributes may change at once; the lab begins anew once.
    this.#changed = true;
    queueMicrotask(() => {
      this.#changed = false;
      if (!this.isConnected || !this.#frame) return;
      this.#state = undefined;
      this.#unload();
      this.load();
    });
  }

  #offer() {
    if (this.#button) return;
    this.#button = document.createElement("button");
    this.#button.type = "button";
    this.#button.part = "start";
    this.#button.textContent = this.getAttribute("start") ?? "Try it";
    this.#button.onclick = () => this.load();
    this.shadowRoot.append(this.#button);
  }

  /** Loads the lab now. */
  load() {
    near?.unobserve(this);
    if (this.#frame || !this.isConnected) return;
    this.#button?.remove();
    this.#note?.remove();
    this.#button = this.#note = undefined;
    const frame = (this.#frame = document.createElement("iframe"));
    frame.className = "is-coming";
    frame.part = "frame";
    frame.title = this.getAttribute("aria-label") ?? (this.title || "ServiceAccount Lab: a simulated Kubernetes cluster");
    frame.allow = "clipboard-write";
    frame.referrerPolicy = "no-referrer";
    frame.src = this.#address();
    // From elsewhere: it may not navigate this page. (From the same origin a sandbox with these words would hold nothing.)
    if (new URL(frame.src).origin !== location.origin) {
      frame.sandbox = "allow-scripts allow-same-origin allow-forms allow-downloads allow-popups allow-popups-to-escape-sandbox";
    }
    connect(frame).then((lab) => this.#begin(frame, lab), (error) => this.#fail(frame, error));
    this.shadowRoot.append(frame);
  }

  #address() {
    const url = new URL(this.getAttribute("src") ?? new URL("embed.html", HERE), document.baseURI);
    url.searchParams.set("embed", "1");
    for (const word of WORDS) if (this.hasAttribute(word)) url.searchParams.set(word, this.getAttribute(word));
    const lesson = this.getAttribute("lesson");
    // A lesson of one's own lies where the page says, not where the lab is.
    if (lesson && (lesson.includes("/") || lesson.endsWith(".md"))) url.searchParams.set("lesson", new URL(lesson, document.baseURI));
    // What is done in the tab is kept under the page, the place in it, and what is asked for.
    if (!this.hasAttribute("name")) {
      const place = [...document.querySelectorAll(this.localName)].indexOf(this);
      url.searchParams.set("name", `${location.pathname.slice(-100)}#${place}.${hash(url.search)}`);
    }
    this.#theme = this.#wanted();
    if (this.#theme !== "auto") url.searchParams.set("theme", this.#theme);
    if (!this.getAttribute("height") || this.getAttribute("height") === "auto") url.searchParams.set("height", "auto");
    const state = this.#state ?? this.getAttribute("state");
    if (state) url.hash = state.includes("session=") ? state.slice(state.indexOf("session=")) : `session=${state}`;
    return url.href;
  }

  #wanted() {
    const theme = this.getAttribute("theme");
    if (theme === "light" || theme === "dark") return theme;
    const dark = isDark(this);
    return dark === undefined ? "auto" : dark ? "dark" : "light";
  }

  #begin(frame, lab) {
    if (frame !== this.#frame) return lab.close();
    this.#lab = lab;
    for (const type of ["progress", "check", "command", "state"]) {
      lab.addEventListener(type, ({ detail }) => {
        // What is taken out and put back goes on where it was.
        if (type === "state") this.#state = detail.state;
        this.#tell(type, detail);
      });
    }
    lab.addEventListener("resize", ({ detail }) => this.#resize(detail.height));
    lab.addEventListener("ready", () => this.#dress(true));
    lab.want(["state", ...(this.hasAttribute("commands") ? ["command"] : [])]).catch(() => {});
    frame.classList.remove("is-coming");
    this.classList.add("is-ready");
    if (!frame.style.height) this.#resize(480);
    this.#dress(true);
    // Hosts show light or dark by an attribute or a class of the page, or leave it to the system.
    this.#watch = new MutationObserver(() => this.#dress());
    for (const node of [document.documentElement, document.body]) this.#watch.observe(node, { attributes: true });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.#follow);
    this.#settle.resolve(lab);
    this.#tell("ready", { lab });
  }

  #follow = () => this.#dress();

  #fail(frame, error) {
    if (frame !== this.#frame) return;
    this.#unload();
    this.#note = document.createElement("p");
    this.#note.part = "note";
    this.#note.setAttribute("role", "note");
    this.#note.textContent = error.message;
    this.shadowRoot.append(this.#note);
    this.#settle.reject(error);
    this.#tell("error", { message: error.message });
  }

  /** The host's colours and its light or dark, where they have changed. */
  #dress(first) {
    const style = getComputedStyle(this);
    const all = PROPERTIES.map((name) => [name, style.getPropertyValue(`--salab-${name}`).trim()]).filter(([, value]) => value);
    const theme = this.#wanted();
    const wish = JSON.stringify([theme, all]);
    if (first ? theme === this.#theme && !all.length : wish === this.#theme) return;
    this.#theme = wish;
    this.#lab?.setTheme(theme, Object.fromEntries(all)).catch((error) => console.warn(`<${this.localName}>: ${error.message}`));
  }

  #resize(height) {
    const wish = Number.parseFloat(this.getAttribute("height"));
    const pixels = Number.isFinite(wish) ? wish : Math.min(Math.max(Number(height) + 2 || 0, HEIGHT_MIN), HEIGHT_MAX);
    if (this.#frame) this.#frame.style.height = `${pixels}px`;
  }

  #unload() {
    this.#watch?.disconnect();
    globalThis.matchMedia?.("(prefers-color-scheme: dark)").removeEventListener("change", this.#follow);
    this.#frame?.remove();
    if (this.#lab) this.#expect();
    this.#lab?.close();
    this.#button?.remove();
    this.#frame = this.#lab = this.#button = undefined;
    this.classList.remove("is-ready");
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(`lab-${type}`, { detail, bubbles: true, composed: true }));
  }
}

if (globalThis.customElements && !customElements.get("serviceaccount-lab")) {
  customElements.define("serviceaccount-lab", ServiceAccountLabElement);
}
