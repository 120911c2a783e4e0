// Between the lab and a learning platform: finds the platform's API, or a page that passes it on by messages, and calls it.
// What is said is decided in src/embed/lms.rs. Only in the packages that `cargo xtask scorm` makes.
globalThis.salabLms = (() => {
  const is12 = document.documentElement.dataset.lms === "1.2";
  const NAMES = is12
    ? { start: "LMSInitialize", end: "LMSFinish", get: "LMSGetValue", set: "LMSSetValue", commit: "LMSCommit" }
    : { start: "Initialize", end: "Terminate", get: "GetValue", set: "SetValue", commit: "Commit" };
  const ATTEMPTS = 3;
  const PAUSE_MILLIS = 400;
  const PATIENCE_MILLIS = 3000;
  let call;
  let suspended = "";
  let ended = false;
  // What the platform is to know, and what it has been told: only what differs is said.
  let latest = [];
  const told = new Map();
  let later;

  // This window and those around it, then the window that opened it. One of another origin throws when it is looked into; the
  // one around it may still be ours.
  function* windows() {
    for (let start of [() => window, () => window.opener, () => window.top.opener]) {
      let here;
      try { here = start(); } catch { continue; }
      for (let depth = 0; here && depth < 100; depth++) {
        yield here;
        if (here === here.parent) break;
        here = here.parent;
      }
    }
  }

  function find() {
    const name = is12 ? "API" : "API_1484_11";
    for (const here of windows()) {
      try { if (here[name]) return here[name]; } catch { /* of another origin */ }
    }
    return undefined;
  }

  // As scorm-again's CrossFrameLMS listens: { messageId, method, params } there, { messageId, result } back. Whoever holds this
  // frame may hear it, and nobody else.
  function bridge() {
    const waiting = new Map();
    let number = 0;
    const hosts = [...windows()].filter((here) => here !== window);
    addEventListener("message", ({ source, data }) => {
      if (!hosts.includes(source) || typeof data?.messageId !== "string") return;
      waiting.get(data.messageId)?.(data.error ? undefined : String(data.result), source);
      waiting.delete(data.messageId);
    });
    let host;
    return (method, ...params) =>
      new Promise((resolve) => {
        const messageId = `salab-${++number}`;
        const late = setTimeout(() => waiting.delete(messageId) && resolve(undefined), PATIENCE_MILLIS);
        waiting.set(messageId, (result, source) => {
          clearTimeout(late);
          if (result !== undefined) host ??= source;
          resolve(result);
        });
        for (const one of host ? [host] : hosts) one.postMessage({ messageId, method, params }, "*");
      });
  }

  async function begin() {
    const api = find();
    const calls = api ? (method, ...params) => String(api[method](...params)) : bridge();
    // Some platforms are not ready when their page is.
    for (let attempt = 0; attempt < (api ? ATTEMPTS : 1); attempt++) {
      if (attempt) await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
      if ((await calls(NAMES.start, "")) === "true") {
        call = calls;
        suspended = (await call(NAMES.get, "cmi.suspend_data")) ?? "";
        return;
      }
    }
  }

  function say(isEnd) {
    for (const [name, value] of latest) {
      if (told.get(name) === value) continue;
      told.set(name, value);
      heard(call(NAMES.set, name, value), () => told.get(name) === value && told.delete(name));
    }
    heard(call(NAMES.commit, ""), () => {});
    if (isEnd) call(NAMES.end, "");
  }

  // A page that passes messages on takes only so many at once (scorm-again's: a hundred a second) and may be slow: what it
  // has not answered is said again.
  async function heard(answer, forget) {
    if ((await answer) !== undefined || ended) return;
    forget();
    later ??= setTimeout(() => {
      later = undefined;
      if (!ended) say(false);
    }, 1000);
  }

  return {
    ready: begin().catch((error) => console.warn(`no learning platform: ${error}`)),
    suspended: () => suspended,
    isRecording: () => call !== undefined,
    tell(values, isEnd) {
      if (!call || ended) return;
      ended = isEnd;
      try {
        latest = JSON.parse(values);
        say(isEnd);
      } catch (error) {
        console.warn(`the learning platform refuses: ${error}`);
      }
    },
  };
})();
