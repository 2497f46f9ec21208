import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { OutgoingPdu, PduOutlet } from "./outgoing-pdu.ts";
import { removeRunFolder, SPOOL_FILE } from "./run-folder.ts";
import { SpoolAcknowledgements } from "./spool-acknowledgements.ts";
import type { SpoolBudget } from "./spool-budget.ts";
import { SpoolSegment, type Thinned } from "./spool-segment.ts";
import { nameOf, thinOut } from "./spool-thinning.ts";
import { SpoolWriter, type SpoolWriterOptions } from "./spool-writer.ts";

/** `directory`: folder of this run alone. */
export interface SpoolOptions extends SpoolWriterOptions {
  readonly collectors: readonly string[];
  /** Shared with the spools of the probe's earlier runs. */
  readonly budget: SpoolBudget;
  /**
   * What happens beyond the budget: live capture cannot wait, so the oldest counters go; a replay pauses reading while
   * `hasRoom` is false, and nothing goes.
   */
  readonly whenFull: "drop counters" | "pause";
  /** Room for the entries of a gap notice. */
  readonly maxBodyBytes: number;
  /** Somebody acts on `sync`: PDUs stay in memory until it was done, so that they can be written again when it fails. */
  readonly isSyncRelied?: boolean;
}

const SEGMENTS_IN_FULL_SPOOL = 32;
const MAX_SEGMENT_BYTES = 1 << 20;
/** More are not between two files, though some files in between be lost. */
const MAX_FILE_SEQUENCES = 1 << 22;
/** Written at the latest when so much waits, and else when `flush` is called. */
const WRITE_BYTES = 1 << 16;
/** What the disk refuses may take so much memory. */
const MAX_UNWRITTEN_BYTES = 64 << 20;

/**
 * The PDUs of one run that not all collectors have acknowledged, in files of a folder, in order of sequence. What is
 * written survives the process; the machine only what `sync` was called for.
 */
export class Spool implements PduOutlet {
  readonly #options: SpoolOptions;
  readonly #writer: SpoolWriter;
  readonly #segmentBytes: number;
  readonly #acknowledged: SpoolAcknowledgements;
  #segments: SpoolSegment[] = [];
  #bytes = 0;
  #unwrittenBytes = 0;
  #nextSequence = 1;
  /** Told when PDUs have gone. */
  onRoom: () => void = () => {};

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#writer = new SpoolWriter(options);
    this.#segmentBytes = Math.min(MAX_SEGMENT_BYTES, Math.ceil(options.budget.maxBytes / SEGMENTS_IN_FULL_SPOOL));
    this.#acknowledged = new SpoolAcknowledgements(options.directory, options.collectors);
  }

  /**
   * Makes the folder, or takes over what an earlier process left there.
   * @throws what the file system says
   */
  open(): void {
    const { directory, budget, isSyncRelied = false } = this.#options;
    mkdirSync(directory, { recursive: true, mode: 0o750 });
    const files = readdirSync(directory).filter((name) => SPOOL_FILE.test(name));
    const named = files.sort().map((name) => Number.parseInt(name, 10));
    const first = named.filter((sequence, i) => i === 0 || sequence - named[i - 1]! <= MAX_FILE_SEQUENCES);
    first.forEach((sequence, i) => {
      const segment = SpoolSegment.recover(this.#segmentPath(sequence), sequence, first[i + 1] ?? null, isSyncRelied);
      if (segment.nextSequence === sequence) {
        // Its name is for what comes next: two of one name would take each other's file away.
        if (segment.isUnreadable) this.#options.onTrouble(segment.setAside());
        else segment.remove();
        return;
      }
      this.#segments.push(segment);
      this.#nextSequence = segment.nextSequence;
      this.#bytes += segment.bytes;
    });
    this.#acknowledged.read(this.firstSequence, this.#nextSequence);
    this.#forget();
    budget.add(this);
  }

  take(pdu: OutgoingPdu): void {
    let segment = this.#segments.at(-1);
    if (segment === undefined || segment.bytes >= this.#segmentBytes || segment.isOnDisk) {
      if (segment !== undefined) this.#finish(segment);
      segment = new SpoolSegment(this.#segmentPath(pdu.sequence), pdu.sequence, this.#options.isSyncRelied ?? false);
      this.#segments.push(segment);
      this.#unwrittenBytes = 0;
    }
    const before = segment.bytes;
    segment.append(pdu);
    this.#nextSequence = segment.nextSequence;
    this.#bytes += segment.bytes - before;
    this.#unwrittenBytes += segment.bytes - before;
    if (this.#unwrittenBytes >= WRITE_BYTES) this.flush();
    if (!this.hasRoom && this.#options.whenFull === "drop counters") this.#makeRoom();
  }

  /**
   * Has a spool that is new begin with this sequence: what comes before it was never here. A spool that has PDUs, or had
   * some, is not new.
   */
  beginAt(sequence: number): void {
    if (this.#nextSequence > 1 || this.#segments.length > 0) return;
    this.#nextSequence = sequence;
    this.#acknowledged.beginAt(sequence);
  }

  /**
   * Lets go of everything from this sequence on, which will be taken again: a crash of the machine may have left some of
   * it and not the rest. Only right after `open`.
   * @throws what the file system says
   */
  cutAt(sequence: number): void {
    if (sequence >= this.#nextSequence) return;
    for (let last = this.#segments.at(-1); last !== undefined && last.nextSequence > sequence; ) {
      const left = this.#read(last).filter((pdu) => pdu.sequence + pdu.span <= sequence);
      this.#segments.pop();
      this.#bytes -= last.bytes;
      if (left.length === 0) last.remove();
      else {
        last.cut(left);
        this.#segments.push(last);
        this.#bytes += last.bytes;
      }
      sequence = Math.min(sequence, left.at(-1) === undefined ? last.firstSequence : last.nextSequence);
      last = this.#segments.at(-1);
    }
    this.#nextSequence = sequence;
    this.#acknowledged.cutAt(sequence);
  }

  /** PDUs from this sequence on, as many as its segment holds; empty when there is nothing yet, or it cannot be read now. */
  from(sequence: number): readonly OutgoingPdu[] {
    const segment = this.#segments.find((each) => sequence < each.nextSequence);
    if (segment === undefined) return [];
    return (this.#pdusOf(segment) ?? []).filter((pdu) => pdu.sequence + pdu.span > sequence);
  }

  /**
   * Everything below `next` is safe at this collector. It may know of more than is here: a process that was killed had
   * sent what it had not written yet.
   */
  acknowledge(collector: string, next: number): void {
    if (this.#acknowledged.raise(collector, Math.min(next, this.#nextSequence))) this.#forget();
  }

  acknowledgedBy(collector: string): number {
    return this.#acknowledged.of(collector);
  }

  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Oldest sequence that can still be sent. */
  get firstSequence(): number {
    return this.#segments[0]?.firstSequence ?? this.#nextSequence;
  }

  get isEmpty(): boolean {
    return this.#acknowledged.least >= this.#nextSequence;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get hasRoom(): boolean {
    return !this.#options.budget.isOver && this.#writer.memoryBytes <= MAX_UNWRITTEN_BYTES;
  }

  /** Writes what came since; not at once again when the disk has just refused. */
  flush(): void {
    this.#unwrittenBytes = 0;
    this.#writer.flush(this.#segments.at(-1));
  }

  /**
   * Takes everything to stable storage, so that it survives the machine too. When it fails nothing is lost, and it may be
   * tried again.
   * @throws what the file system says
   */
  async sync(): Promise<void> {
    this.#unwrittenBytes = 0;
    await this.#writer.sync(this.#segments);
  }

  /** Writes how far the collectors are, if that has changed. */
  noteAcknowledgements(): void {
    if (this.#acknowledged.isNoted || this.#writer.isResting) return;
    this.#writer.tried(() => this.#acknowledged.note());
  }

  /** Nothing is expected to come for a while: what is in files need not be in memory. */
  rest(): void {
    const last = this.#segments.at(-1);
    if (last !== undefined) this.#finish(last);
  }

  /** Keeps the files for a later process, or, when everything is acknowledged, removes the folder. */
  close(): void {
    const { directory, budget, counters } = this.#options;
    budget.remove(this);
    if (this.isEmpty) {
      this.#writer.tried(() => removeRunFolder(directory));
      return;
    }
    this.rest();
    this.#writer.wake();
    this.flush();
    this.noteAcknowledgements();
    const lost = counters.byReason("records_lost");
    for (const segment of this.#writer.waiting) {
      for (const pdu of this.#pdusOf(segment) ?? []) lost.add(`spool unwritable, ${nameOf(pdu.type)}`, pdu.recordCount);
    }
    for (const segment of this.#segments) segment.abandon();
  }

  /** Nothing more will be appended to this segment. */
  #finish(segment: SpoolSegment): void {
    if (segment.isOnDisk) return;
    segment.close();
    this.#writer.add(segment);
    this.flush();
  }

  #segmentPath(firstSequence: number): string {
    return join(this.#options.directory, `${String(firstSequence).padStart(16, "0")}.pdus`);
  }

  #forget(): void {
    const next = this.#acknowledged.least;
    const before = this.#segments.length;
    while (this.#segments.length > 0 && this.#segments[0]!.nextSequence <= next) {
      const segment = this.#segments.shift()!;
      this.#bytes -= segment.bytes;
      this.#writer.forget(segment);
      this.#writer.tried(() => segment.remove());
    }
    if (this.#segments.length < before) this.onRoom();
  }

  /** Null when they cannot be read now: then they wait, as they are not lost. */
  #pdusOf(segment: SpoolSegment): readonly OutgoingPdu[] | null {
    try {
      return this.#read(segment);
    } catch (error) {
      this.#options.onTrouble(error as Error);
      return null;
    }
  }

  /** @throws what the file system says when they cannot be read now */
  #read(segment: SpoolSegment): readonly OutgoingPdu[] {
    const { maxBodyBytes, counters } = this.#options;
    return segment.pdus(maxBodyBytes, (lost) => counters.byReason("pdus_lost").add("spool unreadable", lost));
  }

  /** Not while the disk refuses: each attempt costs the reading and writing of a segment. */
  #makeRoom(): void {
    if (this.#options.budget.isOver) this.#options.budget.makeRoom();
    for (const to of ["without counters", "definitions only"] as const) {
      for (const segment of this.#writer.waiting) {
        if (this.#writer.memoryBytes <= MAX_UNWRITTEN_BYTES) return;
        this.#thin(segment, to);
      }
    }
  }

  /** Lets go of the oldest until `isEnough`; false when it is not enough yet. */
  thin(to: Thinned, isEnough: () => boolean): boolean {
    for (const segment of this.#segments.slice(0, -1)) {
      if (isEnough()) return true;
      this.#thin(segment, to);
    }
    return isEnough();
  }

  #thin(segment: SpoolSegment, to: Thinned): void {
    const { counters, maxBodyBytes } = this.#options;
    if (segment.thinned === to || segment.thinned === "definitions only") return;
    if (segment.isOnDisk && this.#writer.isResting) return;
    const whole = this.#pdusOf(segment);
    if (whole === null) return;
    const { pdus, dropped } = thinOut(whole, to, maxBodyBytes);
    const before = segment.bytes;
    if (!this.#writer.tried(() => segment.rewrite(pdus, to))) return;
    this.#bytes += segment.bytes - before;
    this.#writer.noteGrowth(segment, segment.bytes - before);
    this.#writer.addIfUnwritten(segment);
    const lost = counters.byReason("records_lost");
    for (const pdu of dropped) lost.add(`spool full, ${nameOf(pdu.type)}`, pdu.recordCount);
  }
}
