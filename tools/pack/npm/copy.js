#!/usr/bin/env node
// npx serviceaccount-lab copy FOLDER: puts the lab's files where your site serves them from.
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [command, folder] = process.argv.slice(2);
if (command !== "copy" || !folder) {
  console.error("serviceaccount-lab copy FOLDER   copies the lab's files, for example to public/lab");
  process.exit(2);
}
cpSync(fileURLToPath(new URL("lab/", import.meta.url)), folder, { recursive: true });
console.log(`The lab is in ${folder}: <serviceaccount-lab src="…/embed.html">`);
