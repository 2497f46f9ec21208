import { type ObservationSink, observationTypes, type RecordWriter } from "@trafmon/observation";
import { FLAG_DUPLICATE, FLAGS, INTERFACE, IP_BYTES, SECONDS } from "@trafmon/packet";
import type { WatchedInterface } from "../classify/flow-announcer.ts";

/** Packets of one interface and interval, as far as the analysis knows them: each pair forward, then reverse. */
export interface DirectedCounts {
  readonly packets: [number, number];
  readonly duplicatePackets: [number, number];
  readonly duplicateBytes: [number, number];
}

interface OpenInterval extends DirectedCounts {
  readonly startS: number;
}

/** A mirror port that copies less than this, or fewer packets, is not worth an event. */
const LEAST_SHARE = 0.01;
const LEAST_DUPLICATES = 10;

/** Intervals of an interface kept at once. Each is taken when its capture statistics are written; beyond, the oldest goes. */
const MOST_OPEN = 128;

const DIRECTIONS = ["fwd", "rev"] as const;

/**
 * Counts per interface, direction and interval how many packets were copies of an earlier frame. The direction is that of
 * the first flow class that takes a packet: with its `from` prefixes, from the near side or to it, so the share names
 * which half of which mirror copies.
 */
export class DuplicateShares {
  readonly #interfaces: readonly WatchedInterface[];
  readonly #intervalS: number;
  readonly #events: RecordWriter<typeof observationTypes.event>;
  /** By interface, the interval last used first. */
  readonly #open: OpenInterval[][];
  /** Interval last told of, by interface and direction; one that comes in parts is told of once. Shape: [interfaces, 2]. */
  readonly #toldS: Float64Array;

  constructor(sink: ObservationSink, interfaces: readonly WatchedInterface[], intervalS: number) {
    this.#interfaces = interfaces;
    this.#intervalS = intervalS;
    this.#events = sink.writerOf(observationTypes.event);
    this.#open = interfaces.map(() => []);
    this.#toldS = new Float64Array(2 * interfaces.length).fill(-1);
  }

  /** Counts the packet at `at`. `reverse`: 0 or 1. */
  count(words: Int32Array, at: number, reverse: number): void {
    const s = words[at + SECONDS]! >>> 0;
    const open = this.#open[words[at + INTERFACE]!]!;
    let counts = open[0];
    if (counts === undefined || s < counts.startS || s >= counts.startS + this.#intervalS)
      counts = this.#turnTo(open, s);
    counts.packets[reverse]!++;
    if ((words[at + FLAGS]! & FLAG_DUPLICATE) === 0) return;
    counts.duplicatePackets[reverse]!++;
    counts.duplicateBytes[reverse]! += words[at + IP_BYTES]! >>> 0;
  }

  /** Gives what was counted for an interface and interval, counts anew from 0, and tells of a share worth an event. */
  take(interfaceName: string, startS: number): DirectedCounts | null {
    const number = this.#interfaces.findIndex(({ name }) => name === interfaceName);
    const open = this.#open[number];
    const place = open?.findIndex((each) => each.startS === startS) ?? -1;
    if (open === undefined || place < 0) return null;
    const counts = open[place]!;
    open.splice(place, 1);
    DIRECTIONS.forEach((direction, reverse) => {
      this.#tell(number, counts, direction, reverse as 0 | 1);
    });
    return counts;
  }

  #turnTo(open: OpenInterval[], s: number): OpenInterval {
    const startS = s - (s % this.#intervalS);
    const place = open.findIndex((each) => each.startS === startS);
    const counts = place < 0 ? newInterval(startS) : open.splice(place, 1)[0]!;
    open.unshift(counts);
    if (open.length > MOST_OPEN) open.pop();
    return counts;
  }

  #tell(number: number, counts: OpenInterval, direction: "fwd" | "rev", reverse: 0 | 1): void {
    const packets = counts.packets[reverse];
    const duplicates = counts.duplicatePackets[reverse];
    if (duplicates < LEAST_DUPLICATES || duplicates < LEAST_SHARE * packets) return;
    const told = 2 * number + reverse;
    if (this.#toldS[told] === counts.startS) return;
    this.#toldS[told] = counts.startS;
    const { name } = this.#interfaces[number]!;
    const percent = Math.round((1e4 * duplicates) / packets) / 100;
    this.#events.write({
      at_s: counts.startS + this.#intervalS,
      at_nanos: 0,
      origin: name,
      severity: "warning",
      code: "duplicate_frames",
      text: "packets are captured more than once: the mirror port, or two of them, copy the same traffic here",
      parameters: JSON.stringify({
        interface: name,
        direction,
        share_percent: percent,
        duplicates,
        packets,
        interval_start_s: counts.startS,
        interval_s: this.#intervalS,
      }),
    });
  }
}

function newInterval(startS: number): OpenInterval {
  return { startS, packets: [0, 0], duplicatePackets: [0, 0], duplicateBytes: [0, 0] };
}
