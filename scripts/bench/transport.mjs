// Records a second from a probe's transport, sealed and over UDP, into a real collector's logs, all acknowledged; and
// whether the collector's memory grows with their number.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const PROGRAM = "packages/end-to-end/dist/transport/transport.bench.js";

/** As many, and four times as many: a peak that stays says that nothing is kept. */
export function benchTransport(root, counts = [1_000_000, 4_000_000]) {
  console.log("\nprobe's transport to collector's logs, both on this machine (goal: 200,000 records/s)");
  for (const count of counts) {
    const words = [join(root, PROGRAM), String(count)];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
    if (status !== 0) throw new Error(`cannot bench the transport: ${stderr}`);
    process.stdout.write(stdout);
  }
}
