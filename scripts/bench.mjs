#!/usr/bin/env node
// npm run bench: rates as ratios to a named reference, measured in turn in one run.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { benchLive } from "./bench/live.mjs";
import { benchLoader } from "./bench/loader.mjs";
import { benchOverhead } from "./bench/overhead.mjs";
import { benchProbe } from "./bench/probe.mjs";
import { benchReports } from "./bench/reports.mjs";
import { benchTransport } from "./bench/transport.mjs";
import { setup } from "./setup.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await setup({ withTests: true });
await benchProbe(root);
// The same packets over ten minutes: five times the interval records, and only ours shows a difference.
await benchProbe(root, { durationS: 600, rounds: 1 });
await benchProbe(root, { flows: 1_000_000, rounds: 1 });
await benchLoader(root);
await benchReports(root);
benchTransport(root);
if (process.getuid?.() === 0) {
  await benchOverhead(root);
  await benchLive(root);
} else console.log("\nlive and overhead: left out, for network namespaces take root");
