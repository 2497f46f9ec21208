#!/usr/bin/env node
// npm run test:soak: two probes and two collectors over lines that lose 30 %, double 10 %, reorder and spoil, with one
// probe and one collector killed at 200 random instants, each by itself so that both may be away at once, and the collector
// away for a minute; then every record must be in the logs exactly once, and the packets must balance. Ends with 1 when
// anything does not. As root; 15 to 20 minutes, most of them for starting programs.
//   npm run test:soak                     all of it
//   npm run test:soak -- --short          as in npm test
//   npm run test:soak -- --seed 7         other instants and other losses
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setup } from "./setup.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { short: { type: "boolean" }, seed: { type: "string" } } });

if (process.getuid?.() !== 0) {
  console.error("soak: cannot make network namespaces as an ordinary user\n  Run this as root: sudo npm run test:soak");
  process.exit(77);
}
await setup({ withTests: true });
const { missingMeans } = await import(join(root, "packages/end-to-end/dist/truth/truth-means.js"));
const missing = missingMeans();
if (missing.length > 0) {
  console.error(`soak: cannot run: ${missing.join("; ")}`);
  process.exit(69);
}
const { FULL_SOAK, SHORT_SOAK, soak } = await import(join(root, "packages/end-to-end/dist/soak/soak.js"));
const plan = { ...(values.short ? SHORT_SOAK : FULL_SOAK), ...(values.seed && { seed: Number(values.seed) }) };
const beginMs = performance.now();
const say = (line) => console.log(`soak: ${((performance.now() - beginMs) / 1000).toFixed(1).padStart(6)} s  ${line}`);
const { faults, records, runs, received, captured, spooledRuns, folder } = await soak(plan, say);
const { captured: packets, dropped } = captured("a");
const isBalanced = packets + dropped === received;
say(
  `${runs} runs of probes; records in the logs: ${records.c} at c, ${records.d} at d; still spooled: ${spooledRuns.length}`,
);
say(
  `probe a: ${received} packets came (kernel), ${packets} captured, ${dropped} dropped: ${isBalanced ? "balanced" : "NOT BALANCED"}`,
);
for (const fault of faults.slice(0, 20)) console.log(`soak: WRONG: ${fault}`);
const isGood = faults.length === 0 && isBalanced && spooledRuns.length === 0;
console.log(isGood ? "soak: every record exactly once" : `soak: ${faults.length} faults; everything is in ${folder}`);
process.exit(isGood ? 0 : 1);
