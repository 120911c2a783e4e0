// The simulator without a page: `import { play } from "serviceaccount-lab/node"`.
import { readFileSync } from "node:fs";
import { initSync, play as playText } from "./lab/SCRIPT";

const read = (name) => readFileSync(new URL(`./lab/${name}`, import.meta.url));
// The program comes in two halves; the first asks for the other.
globalThis.salabRest = { load: (exports) => new WebAssembly.Instance(new WebAssembly.Module(read("REST")), { halves: exports }) };
initSync({ module: read("WASM") });

/** Plays a shell script against a fresh cluster: a list of { cmd, stdout, stderr, exit }. */
export function play(script, { seed, start } = {}) {
  return JSON.parse(playText(script, seed, start));
}
