import { blankRecord, bucketOf, observationTypes } from "@trafmon/observation";
import type { Random } from "../craft/random.ts";
import { binomial } from "./chance.ts";
import type { FaultCalendar } from "./faults.ts";
import type { HistoryLogs } from "./history-logs.ts";
import { addToPairs } from "./interval-sums.ts";
import type { Host } from "./organisation.ts";

/** Packets a second of the measured stream, and IP bytes of each. */
const RATE = 10;
const IP_BYTES = 200;
const LINK_HEADER_BYTES = 14;
const LATENCY_S = 0.0113;
/** Latencies put into the histogram one by one; the other packets of the interval are like these. */
const SAMPLED = 20;

/** Tells a stream of telemetry seen at two hops: verdicts and latencies, as a collector makes them. */
export class OneWayTelling {
  readonly #random: Random;
  readonly #logs: HistoryLogs;
  readonly #faults: FaultCalendar;
  readonly #intervalS: number;

  constructor(random: Random, logs: HistoryLogs, faults: FaultCalendar, intervalS: number) {
    this.#random = random;
    this.#logs = logs;
    this.#faults = faults;
    this.#intervalS = intervalS;
  }

  /** Names the hops; once per run. */
  announce(probe: string): void {
    for (const hop of [1, 2]) {
      const record = blankRecord(observationTypes.owhop);
      this.#logs.write(observationTypes.owhop, {
        ...record,
        class: "telemetry",
        hop,
        probe_name: probe,
        interface: `tap${hop}`,
      });
    }
  }

  /** The stream from one machine to another, in the interval that begins then. */
  tell(from: Host, to: Host, intervalStartS: number): void {
    const { isCut, loss, slowness } = this.#faults.between(from, to, intervalStartS);
    const packets = RATE * this.#intervalS;
    const lost = isCut ? packets : binomial(this.#random, packets, loss / 4);
    const matched = packets - lost;
    const record = blankRecord(observationTypes.owct);
    if (matched > 0) {
      let rest = matched;
      for (let sample = 0; sample < SAMPLED && rest > 0; sample++) {
        const count = sample === SAMPLED - 1 ? rest : Math.min(rest, Math.ceil(matched / SAMPLED));
        const ns = Math.round(LATENCY_S * 1e9 * (0.6 + 0.4 * slowness) * (1 + 0.15 * this.#random.fraction() ** 2));
        record.latency_sum_ns += ns * count;
        record.latency_min_ns = Math.min(ns, record.latency_min_ns ?? ns);
        record.latency_max_ns = Math.max(ns, record.latency_max_ns ?? ns);
        record.latency_histogram = addToPairs(record.latency_histogram, bucketOf(ns), count);
        rest -= count;
      }
    }
    this.#statistics(intervalStartS, matched);
    this.#logs.write(observationTypes.owct, {
      ...record,
      class: "telemetry",
      from_hop: 1,
      to_hop: 2,
      interval_start_s: intervalStartS,
      interval_s: this.#intervalS,
      matched_packets: matched,
      matched_bytes: matched * IP_BYTES,
      lost_packets: lost,
      lost_bytes: lost * IP_BYTES,
    });
  }

  /** The interface behind sees nothing but what arrives of the stream. */
  #statistics(intervalStartS: number, packets: number): void {
    const bytes = packets * IP_BYTES;
    this.#logs.write(observationTypes.capst, {
      ...blankRecord(observationTypes.capst),
      interface: "tap2",
      interval_start_s: intervalStartS,
      interval_s: this.#intervalS,
      packets,
      bytes: bytes + packets * LINK_HEADER_BYTES,
      ip_packets: packets,
      ip_bytes: bytes,
      matched: packets,
    });
  }
}
