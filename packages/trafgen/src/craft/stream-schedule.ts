import type { FlowKey } from "../ledger/flow-table.ts";
import type { StreamTraffic } from "../scenario/scenario.ts";
import { ArrivalClock } from "./arrival-clock.ts";
import { EndPicker } from "./end-picker.ts";
import { type DrawSize, sizesOf } from "./packet-sizes.ts";
import { Random, seedOf } from "./random.ts";

const TCP = 6;

/** The system's segments carry timestamps (RFC 7323). */
const TCP_HEADER_BYTES = 32;

export interface ScheduledPacket {
  /** Nanoseconds after the start of the run. */
  readonly dueNs: number;
  readonly ipBytes: number;
  readonly payloadBytes: number;
  readonly key: FlowKey;
}

/** The segments of one cycle of a TCP stream, as they would be crafted: sizes, ends and instants. */
export function* streamSchedule(
  stream: StreamTraffic,
  seed: number,
  cycle: number,
  beginNs: number,
): Generator<ScheduledPacket, void, void> {
  const random = new Random(seedOf(seed, stream.number, cycle));
  const clock = new ArrivalClock(stream, random);
  const picker = new EndPicker(stream);
  const headerBytes = (stream.from.family === 6 ? 40 : 20) + TCP_HEADER_BYTES;
  const drawSize: DrawSize = sizesOf(stream.size, headerBytes);
  const most = stream.packets ?? Number.POSITIVE_INFINITY;
  const untilNs = stream.durationNs ?? Number.POSITIVE_INFINITY;
  for (let sent = 0; sent < most; sent++) {
    const dueNs = clock.dueNs;
    if (dueNs >= untilNs) return;
    const ipBytes = drawSize(random);
    picker.next(random);
    const key: FlowKey = {
      direction: "fwd",
      protocol: TCP,
      // Copies: the picker uses its own again.
      source: Uint8Array.from(picker.from),
      destination: Uint8Array.from(picker.to),
      sourcePort: picker.fromPort,
      destinationPort: picker.toPort,
    };
    yield { dueNs: beginNs + stream.startNs + dueNs, ipBytes, payloadBytes: ipBytes - headerBytes, key };
    clock.add(ipBytes);
  }
}
