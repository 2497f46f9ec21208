import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
// @ts-expect-error a plain script, run by node as it is
import { root } from "../package/programs.mjs";
import { manualFiles } from "./produced-files.ts";

const files = await manualFiles();
for (const folder of ["docs/man", "docs/completion"]) {
  mkdirSync(join(root, folder), { recursive: true });
  for (const name of readdirSync(join(root, folder)))
    if (!files.has(`${folder}/${name}`)) rmSync(join(root, folder, name));
}
for (const [path, text] of files) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
console.log(`wrote ${files.size} manual pages and completions`);
