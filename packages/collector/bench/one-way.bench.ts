/**
 * Sightings a second that the consolidator puts together, three hops in step, and the memory it takes:
 * `node --import tsx --conditions=source packages/collector/bench/one-way.bench.ts [PACKETS]`.
 */
import { createHash } from "node:crypto";
import { Counters } from "@trafmon/runtime";
import { Consolidator } from "../src/consolidate/consolidator.ts";
import { snapshotOf } from "../src/consolidate/consolidator-snapshot.ts";
import { sightingBody, waySettings } from "../src/fixtures/one-way-bench.ts";

const packets = Number(process.argv[2] ?? 1_000_000);
const PER_PDU = 40;
/** Of its own clock. */
const PACKETS_PER_S = 10_000;
const START_S = 1_700_000_040;
const HOPS = [1, 2, 3];

// Bodies are made before, in a round that is told again and again later in time would not do: signatures must differ.
const bodies: { hop: number; body: Buffer; ms: number }[] = [];
for (let from = 0; from < packets; from += PER_PDU) {
  for (const hop of HOPS) {
    const sightings = Array.from({ length: PER_PDU }, (_, n) => {
      const ns =
        BigInt(START_S) * 1_000_000_000n +
        BigInt(Math.round(((from + n) / PACKETS_PER_S) * 1e9)) +
        BigInt(hop * 4_000_000);
      const signature = createHash("md5")
        .update(String(from + n))
        .digest("hex")
        .slice(0, 16);
      return { hop, signature, ns, bytes: 200 };
    });
    bodies.push({ hop, body: sightingBody(sightings), ms: Math.floor(((from + PER_PDU) / PACKETS_PER_S) * 1000) });
  }
}
for (const details of ["none", "latency"] as const) {
  const settings = { ...waySettings(3, { details }), timeoutMs: 3000 };
  let records = 0;
  const outlet = { write: () => void records++, tell: () => {} };
  const consolidator = new Consolidator(2_000_000, outlet, new Counters());
  consolidator.configure("a".repeat(16), new Map([["way", settings]]));
  const streams = HOPS.map((hop) => consolidator.begin({ probe: `h${hop}`, run: "1", isWhole: true, marginMs: 0 }));
  let most = 0;
  const begin = process.cpuUsage();
  for (const { hop, body, ms } of bodies) {
    const s = START_S + Math.floor(ms / 1000);
    const mark = { stream: streams[hop - 1]!, configurationHash: "a".repeat(16), s, nanos: (ms % 1000) * 1e6 };
    consolidator.takeSightings(mark, body, PER_PDU);
    most = Math.max(most, consolidator.settlement.index.sightings.count);
  }
  const { user, system } = process.cpuUsage(begin);
  const seconds = (user + system) / 1e6;
  const before = process.cpuUsage();
  const snapshot = snapshotOf(consolidator);
  const snapshotMs = process.cpuUsage(before).user / 1000;
  console.log(
    `details ${details}: ${Math.round((packets * 3) / seconds)} sightings per CPU second, ${records} records; ` +
      `${most} waited at most; snapshot ${snapshot.length} bytes in ${snapshotMs.toFixed(0)} ms; ` +
      `${Math.round(process.memoryUsage().arrayBuffers / 1e6)} MB of arrays`,
  );
}
