import { type DataPdu, formatLine, type ObservationType, type RecordOf } from "@trafmon/observation";
import { type Clock, Counters } from "@trafmon/runtime";
import type { Configuration } from "@trafmon/settings";
import type { PendingOwner, PendingRecord } from "../remember/pending-file.ts";
import type { CommittedLogs } from "../write/committed-logs.ts";
import type { OwnEvents } from "../write/own-events.ts";
import type { RecordOutlet } from "./consolidated-records.ts";
import { Consolidator, type StreamMark } from "./consolidator.ts";
import { beginBytes, CALL, configureBytes, markBytes, numberBytes, repeatCall } from "./consolidator-calls.ts";
import { snapshotOf } from "./consolidator-snapshot.ts";
import { oneWayClassesOf } from "./one-way-class.ts";
import type { Counting } from "./settlement.ts";

/** Number of one-way consolidation in the pending file. */
const OWNER = 1;
/** How often the time is told while anything waits. */
const PASS_MS = 1000;
/** A probe's source clock is told in whole seconds, `lateness` before the newest packet. */
const ROUNDING_MS = 1000;

export interface OneWayParts {
  readonly logs: Pick<CommittedLogs, "append" | "pending">;
  readonly events: Pick<OwnEvents, "tell">;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly collector: string;
  /** This life of the collector: the run that its records bear. */
  readonly epoch: string;
  /** What the pending file was written with as long as it does not say so itself. */
  readonly maxSightings: number;
}

/** What is known of the stream of a probe run. */
interface RunNames {
  readonly probe: string;
  readonly run: string;
}

/**
 * One-way consolidation, as the collector feeds it: whatever it is told goes to the pending file, what it writes to the
 * logs, and both are committed together. After a crash it is told the same again, and keeps silent meanwhile.
 */
export class OneWay implements PendingOwner {
  readonly #parts: OneWayParts;
  readonly #consolidator: Consolidator;
  readonly #recordNos = new Map<ObservationType, number>();
  /** By run and probe: number of the stream. */
  readonly #streams = new Map<string, number>();
  #latenessMs: ReadonlyMap<string, number> = new Map();
  #watchers: ReadonlySet<string> = new Set();
  /** What is told now was told before. */
  #isRepeating = false;
  #toldMs = 0;
  /** Bound that this life has written down; null: none yet. */
  #notedBound: number | null = null;

  constructor(parts: OneWayParts) {
    this.#parts = parts;
    this.#consolidator = new Consolidator(parts.maxSightings, this.#outlet(), this.#counting());
    parts.logs.pending.register(OWNER, this);
  }

  /** Sightings that wait for those of other hops. */
  get sightingsWaiting(): number {
    return this.#consolidator.settlement.index.sightings.count;
  }

  pending(): readonly PendingRecord[] {
    return [{ kind: CALL.snapshot, payload: snapshotOf(this.#consolidator) }];
  }

  restore(call: number, payload: Buffer): void {
    this.#isRepeating = true;
    repeatCall(this.#consolidator, call, payload);
    this.#isRepeating = false;
  }

  /** Goes over to a configuration; also at the start, after what was pending is here again. */
  useConfiguration(configuration: Configuration, maxSightings = this.#parts.maxSightings): void {
    const classes = oneWayClassesOf(configuration.flowClasses);
    this.#latenessMs = new Map(configuration.probes.map((probe) => [probe.name, Math.ceil(probe.latenessS) * 1000]));
    this.#watchers = new Set([...classes.values()].flatMap(({ hops }) => hops.map(({ probe }) => probe)));
    this.#streams.clear();
    for (const [stream, { probe, run }] of this.#consolidator.sources) this.#streams.set(`${run} ${probe}`, stream);
    const { currentHash, configurations } = this.#consolidator;
    const isFirst = configurations.size === 0;
    if (isFirst && classes.size === 0) return;
    // What is told again must be put out for want of room where it was the first time.
    if (this.#notedBound !== maxSightings) {
      this.#notedBound = maxSightings;
      this.#consolidator.bound(maxSightings);
      this.#note(CALL.bound, numberBytes(maxSightings));
    }
    if (currentHash === configuration.hash) return;
    this.#consolidator.configure(configuration.hash, classes);
    this.#note(CALL.configure, configureBytes(configuration.hash, classes));
  }

  /** Takes a PDU of sightings. @throws {MalformedError} before anything was taken */
  takeSightings(names: RunNames, pdu: DataPdu): void {
    const stream = this.#streamOf(names, pdu);
    if (stream === null)
      return this.#parts.counters.byReason("sightings_not_kept").add("class not watched", pdu.recordCount);
    if (this.#consolidator.isIdle) this.#toldMs = this.#parts.clock.monotonicMs();
    const mark = markOf(stream, pdu);
    this.#consolidator.takeSightings(mark, pdu.body, pdu.recordCount);
    this.#note(CALL.sightings, markBytes(mark), numberBytes(pdu.recordCount), pdu.body);
  }

  /** Takes the watermark of any PDU that has been taken. */
  takeMark(names: RunNames, pdu: DataPdu): void {
    const stream = this.#streamOf(names, pdu);
    if (stream === null) return;
    const mark = markOf(stream, pdu);
    if (this.#consolidator.isKnownMark(mark)) return;
    this.#consolidator.takeMark(mark);
    this.#note(CALL.mark, markBytes(mark));
  }

  /** Sightings of the run are lost: what follows is a stretch of its own. */
  takeGap(names: RunNames): void {
    this.#tellOf(names, CALL.gap, (stream) => this.#consolidator.takeGap(stream));
  }

  /** Nothing of the run follows. */
  takeEnd(names: RunNames): void {
    this.#tellOf(names, CALL.end, (stream) => this.#consolidator.takeEnd(stream));
    this.#streams.delete(keyOf(names));
  }

  /** Of runs that are not known any more nothing follows. */
  forgetRuns(isKnown: (names: RunNames) => boolean): void {
    for (const names of [...this.#consolidator.sources.values()]) if (!isKnown(names)) this.takeEnd(names);
  }

  /** Tells the time; to be called about once a second. */
  passTime(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#consolidator.isIdle) {
      this.#toldMs = nowMs;
      return;
    }
    const ms = Math.floor(nowMs - this.#toldMs);
    if (ms < PASS_MS) return;
    this.#toldMs += ms;
    this.#consolidator.pass(ms);
    this.#note(CALL.pass, numberBytes(Math.min(ms, 2 ** 32 - 1)));
  }

  /** Writes all counters as they stand: nothing is to wait longer than the packets that are not settled. */
  tellAll(): void {
    if (this.#consolidator.isIdle) return;
    this.#consolidator.tellAll();
    this.#note(CALL.tellAll);
  }

  #tellOf(names: RunNames, call: number, tell: (stream: number) => void): void {
    const stream = this.#streams.get(keyOf(names));
    if (stream === undefined) return;
    tell(stream);
    this.#note(call, numberBytes(stream));
  }

  /** Number of a run's stream; null: its probe is at no hop. */
  #streamOf(names: RunNames, { sequence }: DataPdu): number | null {
    const known = this.#streams.get(keyOf(names));
    if (known !== undefined) return known;
    if (!this.#watchers.has(names.probe)) return null;
    const marginMs = (this.#latenessMs.get(names.probe) ?? 0) + ROUNDING_MS;
    const source = { ...names, isWhole: sequence === 1, marginMs };
    const stream = this.#consolidator.begin(source);
    this.#streams.set(keyOf(names), stream);
    this.#note(CALL.begin, beginBytes(source));
    return stream;
  }

  #note(call: number, ...parts: readonly Uint8Array[]): void {
    this.#parts.logs.pending.append(OWNER, call, ...parts);
  }

  /** What is told again was counted in an earlier life. */
  #counting(): Counting {
    const { counters } = this.#parts;
    const repeated = new Counters();
    return {
      counter: (name) => (this.#isRepeating ? repeated : counters).counter(name),
      byReason: (name) => (this.#isRepeating ? repeated : counters).byReason(name),
    };
  }

  #outlet(): RecordOutlet {
    const { logs, events, collector, epoch, counters } = this.#parts;
    return {
      write: <T extends ObservationType>(type: T, record: RecordOf<T>) => {
        if (this.#isRepeating) return;
        const no = (this.#recordNos.get(type) ?? 0) + 1;
        this.#recordNos.set(type, no);
        logs.append(type, `${formatLine(type)(record, collector, epoch, no)}\n`);
        counters.counter(`records_written_${type.name}`).add();
      },
      tell: (...given) => {
        if (!this.#isRepeating) events.tell(...given);
      },
    };
  }
}

const keyOf = ({ probe, run }: RunNames) => `${run} ${probe}`;

function markOf(stream: number, { watermark, configurationHash }: DataPdu): StreamMark {
  return { stream, configurationHash, s: watermark.s, nanos: watermark.nanos };
}
