import { ClassState, type KeptClass } from "./class-state.ts";
import type { Consolidator, StreamSource } from "./consolidator.ts";

const NONE = -1;
/** Words of an entry before its sightings, and of a sighting. */
const ENTRY_WORDS = 10;
const SIGHTING_WORDS = 4;

/** Everything but the packets that wait. */
interface Head {
  readonly nowMs: number;
  /** Absent: a file of before it was noted. */
  readonly maxSightings?: number;
  readonly nextStream: number;
  readonly currentHash: string;
  readonly sources: readonly (readonly [stream: number, source: StreamSource])[];
  readonly classes: readonly KeptClass[];
  /** By configuration hash: numbers of its classes. */
  readonly configurations: readonly (readonly [hash: string, classes: readonly number[]])[];
}

/**
 * The whole state of a consolidator as bytes: length of the JSON head (4 bytes), the head, then 32-bit words, all
 * little-endian. Of each entry, in the order in which the entries of its class began to wait:
 *
 *     class, high, low, arrived ms (2: low and high word), last packet (4: seconds, nanos, first hop and masks, -),
 *     number of sightings; of each: hop, seconds, nanos, bytes
 */
export function snapshotOf(consolidator: Consolidator): Buffer {
  const { settlement, configurations, sources, nextStream, currentHash } = consolidator;
  const { index, states, nowMs, maxSightings } = settlement;
  const head: Head = {
    nowMs,
    maxSightings,
    nextStream,
    currentHash,
    sources: [...sources],
    classes: states.map((state) => state.kept()),
    configurations: [...configurations].map(([hash, named]) => [hash, [...named.values()].map(({ no }) => no)]),
  };
  const json = Buffer.from(JSON.stringify(head));
  const headBytes = 4 + Math.ceil(json.length / 4) * 4;
  const words = index.count * ENTRY_WORDS + index.sightings.count * SIGHTING_WORDS;
  const bytes = Buffer.alloc(headBytes + words * 4);
  bytes.writeUInt32LE(json.length, 0);
  json.copy(bytes, 4);
  let at = headBytes;
  const put = (word: number) => {
    at = bytes.writeInt32LE(word | 0, at);
  };
  const { sightings, last } = index;
  for (const { no } of states) {
    for (let entry = index.oldest(no); entry !== NONE; entry = index.younger(entry)) {
      const arrivedMs = index.arrivedMs[entry]!;
      put(no);
      put(index.high[entry]!);
      put(index.low[entry]!);
      put(arrivedMs % 2 ** 32);
      put(Math.floor(arrivedMs / 2 ** 32));
      put(last.seconds[entry]!);
      put(last.nanos[entry]!);
      put(last.firstHop[entry]! | (last.seen[entry]! << 8) | (last.unseen[entry]! << 16));
      put(0);
      const countAt = at;
      put(0);
      const lanes: number[] = [];
      for (let lane = index.lanes[entry]!; lane !== NONE; lane = sightings.nextLane(lane)) lanes.push(lane);
      // Equal states are equal bytes, whatever order the hops were first heard in.
      lanes.sort((a, b) => sightings.hops[a]! - sightings.hops[b]!);
      let count = 0;
      for (const lane of lanes) {
        for (let each = lane; each !== NONE; each = sightings.later(each), count++) {
          put(sightings.hops[each]!);
          put(sightings.seconds[each]!);
          put(sightings.nanos[each]!);
          put(sightings.bytes[each]!);
        }
      }
      bytes.writeInt32LE(count, countAt);
    }
  }
  return bytes;
}

/** Brings a consolidator that has done nothing yet into the state of a snapshot. */
export function restoreSnapshot(consolidator: Consolidator, bytes: Buffer): void {
  const headLength = bytes.readUInt32LE(0);
  const head = JSON.parse(bytes.toString("utf8", 4, 4 + headLength)) as Head;
  const { settlement } = consolidator;
  const { index } = settlement;
  settlement.nowMs = head.nowMs;
  settlement.maxSightings = head.maxSightings ?? settlement.maxSightings;
  consolidator.nextStream = head.nextStream;
  consolidator.currentHash = head.currentHash;
  for (const [stream, source] of head.sources) consolidator.sources.set(stream, source);
  const states = head.classes.map((kept, no) =>
    settlement.addState(new ClassState(no, kept.name, kept.settings, kept)),
  );
  for (const [hash, numbers] of head.configurations) {
    consolidator.configurations.set(hash, new Map(numbers.map((no) => [states[no]!.class.name, states[no]!])));
  }
  let at = 4 + Math.ceil(headLength / 4) * 4;
  const word = () => {
    at += 4;
    return bytes.readInt32LE(at - 4);
  };
  while (at < bytes.length) {
    const [classNo, high, low, arrivedLow, arrivedHigh] = [word(), word(), word(), word(), word()];
    const entry = index.add(classNo!, high!, low!, (arrivedLow! >>> 0) + arrivedHigh! * 2 ** 32);
    const [seconds, nanos, masks] = [word(), word(), word(), word()];
    index.last.seconds[entry] = seconds!;
    index.last.nanos[entry] = nanos!;
    index.last.firstHop[entry] = masks! & 0xff;
    index.last.seen[entry] = (masks! >> 8) & 0xff;
    index.last.unseen[entry] = (masks! >> 16) & 0xff;
    for (let left = word(); left > 0; left--) {
      const [hop, s, ns, size] = [word(), word(), word(), word()];
      const sighting = index.sightings.make(hop!, s! >>> 0, ns! >>> 0, size! >>> 0);
      index.lanes[entry] = index.sightings.put(index.lanes[entry]!, sighting);
    }
    settlement.rewind(states[classNo!]!, entry);
  }
}
