/**
 * Carries packets over impaired lines until it is told to stop, then prints what it carried. In the lab's namespace:
 *
 *     node line-program.ts '[{"stretch":{...},"forward":{...},"backward":{...},"seed":1,"ledger":"FOLDER"}]'
 */
import { setImmediate } from "node:timers/promises";
import { loadNativeBinding } from "@trafmon/probe";
import { Ledger } from "@trafmon/trafgen";
import { ImpairedLine, type LineOptions } from "./impaired-line.ts";

/** Longest sleep: how soon a stop is seen. */
const WAIT_MS = 20;

const binding = loadNativeBinding();
const startMs = Date.now();
const start = { s: Math.floor(startMs / 1000), nanos: (startMs % 1000) * 1e6 };
const zero = process.hrtime.bigint();
const lines = (JSON.parse(process.argv[2]!) as (LineOptions & { ledger: string })[]).map(
  ({ ledger, ...options }) => new ImpairedLine(binding, options, new Ledger({ folder: ledger, start })),
);
const descriptors = lines.flatMap((line) => line.descriptors);

let isStopping = false;
process.once("SIGTERM", () => {
  isStopping = true;
});
process.stdout.write("carrying\n");

while (!isStopping) {
  const nowNs = Number(process.hrtime.bigint() - zero);
  const nowMs = nowNs / 1e6;
  const due = lines.map((line) => line.step(nowMs, nowNs)).filter((each) => each !== null);
  binding.wait(
    descriptors,
    Math.max(0, Math.min(WAIT_MS, Math.ceil(Math.min(WAIT_MS, ...due.map((each) => each - nowMs))))),
  );
  // Signals are heard between turns of the event loop only.
  await setImmediate();
}
process.stdout.write(`${JSON.stringify(lines.map((line) => line.close()))}\n`);
