// Between the lab and a cmi5 platform: begins as the launch address says, and tells by @rusticisoftware/cmi5 (which stands before
// this) what src/embed/lms.rs says in the words of SCORM 2004. Only in the packages that `cargo xtask cmi5` makes.
globalThis.salabLms = (() => {
  const STATE = "serviceaccount-lab";
  const NORMAL = "Normal";
  const query = new URLSearchParams(location.search);
  let platform;
  // What is kept in the platform from visit to visit: the suspend data, and which statements it has for good.
  let kept = { suspend: "", said: [] };
  let latest;
  let isBusy = false;
  let ended = false;

  function origin(text) {
    try {
      const { protocol, origin } = new URL(text);
      return /^https?:$/.test(protocol) ? origin : undefined;
    } catch {
      return undefined;
    }
  }

  // The page may ask the origins that its launch names and nobody else: a second policy, which only takes away.
  function narrow() {
    const origins = [query.get("endpoint"), query.get("fetch")].map(origin);
    const isWhole = origins.every(Boolean);
    const policy = document.createElement("meta");
    policy.httpEquiv = "Content-Security-Policy";
    policy.content = `connect-src ${isWhole ? origins.join(" ") : "'none'"}`;
    document.head.append(policy);
    return isWhole;
  }

  // Who learns, and with which key, is no part of a link that is handed on.
  function forget() {
    for (const word of ["endpoint", "fetch", "actor", "registration", "activityId"]) query.delete(word);
    history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
  }

  const headers = () => ({ "X-Experience-API-Version": "1.0.3", Authorization: platform.getAuth(), "Content-Type": "application/json" });
  const address = (resource, words) => `${platform.getEndpoint()}/${resource}?${new URLSearchParams(words)}`;
  const state = () =>
    address("activities/state", {
      stateId: STATE,
      activityId: platform.getActivityId(),
      agent: JSON.stringify(platform.getActor()),
      registration: platform.getRegistration(),
    });

  async function begin() {
    if (!narrow()) return;
    const cmi5 = new Cmi5(location.href);
    forget();
    await cmi5.start();
    platform = cmi5;
    const answer = await fetch(state(), { headers: headers() });
    if (!answer.ok) return;
    const { suspend, said } = await answer.json();
    kept = { suspend: String(suspend ?? ""), said: Array.isArray(said) ? said : [] };
  }

  async function keep(change) {
    const next = { ...kept, ...change };
    const { ok, status } = await fetch(state(), { method: "PUT", headers: headers(), body: JSON.stringify(next) });
    if (!ok) throw new Error(`the state is not kept: ${status}`);
    kept = next;
  }

  // Each is said once in all visits.
  async function once(verb, say) {
    if (ended || kept.said.includes(verb)) return;
    await say();
    await keep({ said: [...kept.said, verb] });
  }

  async function say(values) {
    const suspend = values["cmi.suspend_data"];
    if (suspend !== kept.suspend) await keep({ suspend });
    if (platform.getLaunchMode() !== NORMAL) return;
    const raw = Number(values["cmi.score.raw"]);
    if (values["cmi.completion_status"] !== "completed") return platform.setProgress(Math.min(raw, 99));
    await once("completed", () => platform.completed());
    await once("passed", () => platform.passed({ scaled: raw / 100, raw, min: 0, max: 100 }));
  }

  // One after the other, and always what is true by then; what could not be said is said with the next change.
  async function work() {
    if (isBusy) return;
    isBusy = true;
    try {
      for (let values = latest; values && !ended; values = latest) {
        latest = undefined;
        await say(values);
      }
    } catch (error) {
      console.warn(`the learning platform was not told: ${error}`);
    }
    isBusy = false;
  }

  // Come back to by the browser's own way back: the visit is over, and the page says so once it is loaded anew.
  addEventListener("pageshow", ({ persisted }) => persisted && ended && location.reload());

  // The last statement goes out while the page is taken down.
  function leave() {
    const statement = platform.terminatedStatement();
    const to = address("statements", { statementId: statement.id });
    fetch(to, { method: "PUT", keepalive: true, headers: headers(), body: JSON.stringify(statement) }).catch(() => {});
  }

  return {
    ready: begin().catch((error) => console.warn(`no learning platform: ${error}`)),
    suspended: () => kept.suspend,
    isRecording: () => platform !== undefined,
    tell(values, isEnd) {
      if (!platform || ended) return;
      latest = Object.fromEntries(JSON.parse(values));
      work();
      if (!isEnd) return;
      ended = true;
      leave();
    },
  };
})();
