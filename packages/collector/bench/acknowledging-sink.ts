/**
 * A peer for benchmarks of the probe: it speaks the protocol and acknowledges from memory, without writing anything.
 *
 *     node --import tsx --conditions=source packages/collector/bench/acknowledging-sink.ts tmon.xml COLLECTOR
 */
import { Counters, systemClock } from "@trafmon/runtime";
import { collectorNamed, readConfiguration } from "@trafmon/settings";
import { Gatekeeper } from "../src/receive/gatekeeper.ts";
import { PduSocket } from "../src/receive/pdu-socket.ts";
import type { Intake } from "../src/receive/session.ts";

/** Remembers the numbers of what came, and nothing else. */
class Numbers implements Intake {
  readonly stream = { safeThrough: 0 };
  readonly #early = new Set<number>();

  take(sequence: number): void {
    if (sequence <= this.stream.safeThrough) return;
    this.#early.add(sequence);
    while (this.#early.delete(this.stream.safeThrough + 1)) this.stream.safeThrough++;
  }

  held(): number[] {
    return [...this.#early].sort((a, b) => a - b);
  }
}

const ANSWER_MS = 20;
const [file, name] = process.argv.slice(2);
if (file === undefined || name === undefined) throw new Error("usage: acknowledging-sink.ts tmon.xml COLLECTOR");
const configuration = readConfiguration(file);
const counters = new Counters();
const totals = { pdus: 0, records: 0, bytes: 0 };
const runs = new Map<string, Numbers>();
const gate: Gatekeeper<Numbers> = new Gatekeeper<Numbers>(configuration, {
  collector: name,
  epoch: "00000000000000ff",
  clock: systemClock,
  counters,
  send: (datagram, peer) => socket.send(datagram, peer),
  isOfAnother: () => false,
  intakeOf: (_probe, run) => {
    const numbers = runs.get(run) ?? new Numbers();
    runs.set(run, numbers);
    return numbers;
  },
  onPdu: (session, pdu) => {
    if (pdu.type === 0) return true;
    session.intake.take(pdu.sequence);
    totals.pdus++;
    totals.records += pdu.recordCount;
    return true;
  },
  onSession: () => {},
  onKeyTrouble: (_probe, error) => console.error(error.message),
});
const socket = new PduSocket(collectorNamed(configuration, name), counters, (datagram, peer) => {
  totals.bytes += datagram.length;
  gate.take(datagram, peer);
});
await socket.start();
setInterval(() => {
  for (const session of gate.sessions) {
    if (session.owesAnswer) session.answer((datagram, peer) => socket.send(datagram, peer));
  }
}, ANSWER_MS);
process.on("SIGTERM", () => {
  console.log(JSON.stringify(totals));
  process.exit(0);
});
console.log("ready");
