// Writes etc/systemd and etc/cron.d. Run by npm run golden.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cronFiles } from "./cron-text.mjs";
import { root } from "./programs.mjs";
import { unitFiles } from "./unit-text.mjs";

for (const [folder, files] of [
  ["etc/systemd", unitFiles()],
  ["etc/cron.d", cronFiles()],
]) {
  mkdirSync(join(root, folder), { recursive: true });
  for (const name of readdirSync(join(root, folder))) if (!(name in files)) rmSync(join(root, folder, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, folder, name), text);
}
