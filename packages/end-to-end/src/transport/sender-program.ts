/**
 * Sends numbered records for ever or until all are acknowledged: sender-program.ts XML FIRST COUNT. Says so when it has
 * written as many as a test that kills it wants to find again, however slow the machine is.
 */
import { sleep, systemClock } from "@trafmon/runtime";
import { startTransport } from "./bench-transport.ts";
import { writeNumbered } from "./numbered-records.ts";

const [xml, first, count] = process.argv.slice(2) as [string, string, string];
const { transport } = await startTransport(xml, "live");
for (let written = 0; written < Number(count); written += 100) {
  writeNumbered(transport.sink, Number(first) + written, 100);
  if (written === Math.min(1000, Number(count) / 2)) console.log(`sending ${transport.run}`);
  await sleep(systemClock, 5);
}
// Anything may hold the process, but nothing of ours does.
const alive = setInterval(() => {}, 1000);
const isDone = await transport.finish(120_000);
await transport.stop();
clearInterval(alive);
process.exit(isDone ? 0 : 75);
