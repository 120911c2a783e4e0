// The simulator without a page: `import { play } from "serviceaccount-lab/node"`.
import { readFileSync } from "node:fs";
import { initSync, play as playText } from "./lab/SCRIPT";

initSync({ module: readFileSync(new URL("./lab/WASM", import.meta.url)) });

/** Plays a shell script against a fresh cluster: a list of { cmd, stdout, stderr, exit }. */
export function play(script, { seed, start } = {}) {
  return JSON.parse(playText(script, seed, start));
}
