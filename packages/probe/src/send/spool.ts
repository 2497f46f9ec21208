import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { specialPdus, typeByCode } from "@trafmon/observation";
import type { Counters } from "@trafmon/runtime";
import type { OutgoingPdu, PduOutlet } from "./outgoing-pdu.ts";
import { SpoolSegment, type Thinned } from "./spool-segment.ts";
import { thinOut } from "./spool-thinning.ts";

export interface SpoolOptions {
  /** Folder of this run alone. */
  readonly directory: string;
  readonly collectors: readonly string[];
  readonly maxBytes: number;
  /**
   * What happens beyond `maxBytes`: live capture cannot wait, so the oldest counters go; a replay pauses reading while
   * `hasRoom` is false, and nothing goes.
   */
  readonly whenFull: "drop counters" | "pause";
  /** Room for the entries of a gap notice. */
  readonly maxBodyBytes: number;
  readonly counters: Counters;
}

const ACKNOWLEDGED_FILE = "acknowledged.json";
const SEGMENTS_IN_FULL_SPOOL = 32;
const MAX_SEGMENT_BYTES = 1 << 20;
/** Written at the latest when so much waits, and else when `flush` is called. */
const WRITE_BYTES = 1 << 16;

/**
 * The PDUs of one run that not all collectors have acknowledged, in files of a folder, in order of sequence. What is
 * written survives the process, not the machine: the disk is not flushed.
 */
export class Spool implements PduOutlet {
  readonly #options: SpoolOptions;
  readonly #segmentBytes: number;
  readonly #acknowledged = new Map<string, number>();
  #segments: SpoolSegment[] = [];
  #bytes = 0;
  #unwrittenBytes = 0;
  #hasNewAcknowledgements = false;
  /** Segments that the disk did not take whole; their PDUs are in memory until it does. */
  readonly #unwritten = new Set<SpoolSegment>();
  #nextSequence = 1;
  /** Told of every new PDU. */
  onAppend: () => void = () => {};
  /** Told when PDUs have gone. */
  onRoom: () => void = () => {};

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#segmentBytes = Math.min(MAX_SEGMENT_BYTES, Math.ceil(options.maxBytes / SEGMENTS_IN_FULL_SPOOL));
    for (const collector of options.collectors) this.#acknowledged.set(collector, 1);
  }

  /** Makes the folder, or takes over what an earlier process left there. */
  open(): void {
    const { directory } = this.#options;
    mkdirSync(directory, { recursive: true, mode: 0o750 });
    const files = readdirSync(directory).filter((name) => /^\d{16}\.pdus$/.test(name));
    for (const name of files.sort()) {
      const segment = SpoolSegment.recover(join(directory, name));
      // After a broken file nothing that follows fits on.
      if (segment === null || (this.#segments.length > 0 && segment.firstSequence !== this.#nextSequence)) break;
      this.#segments.push(segment);
      this.#nextSequence = segment.nextSequence;
      this.#bytes += segment.bytes;
    }
    this.#readAcknowledged();
  }

  take(pdu: OutgoingPdu): void {
    let segment = this.#segments.at(-1);
    if (segment === undefined || segment.bytes >= this.#segmentBytes) {
      if (segment !== undefined && !segment.close()) this.#onWriteFailure(segment);
      segment = new SpoolSegment(this.#segmentPath(pdu.sequence), pdu.sequence);
      this.#segments.push(segment);
      this.#unwrittenBytes = 0;
    }
    const before = segment.bytes;
    segment.append(pdu);
    this.#nextSequence = segment.nextSequence;
    this.#bytes += segment.bytes - before;
    this.#unwrittenBytes += segment.bytes - before;
    if (this.#unwrittenBytes >= WRITE_BYTES) this.flush();
    if (this.#bytes > this.#options.maxBytes && this.#options.whenFull === "drop counters") this.#makeRoom();
    this.onAppend();
  }

  /** PDUs from this sequence on, as many as its segment holds; empty when there is nothing yet. */
  from(sequence: number): readonly OutgoingPdu[] {
    const segment = this.#segments.find((each) => sequence < each.nextSequence);
    if (segment === undefined) return [];
    return segment.pdus().filter((pdu) => pdu.sequence + pdu.span > sequence);
  }

  /**
   * Everything below `next` is safe at this collector. It may know of more than is here: a process that was killed had
   * sent what it had not written yet.
   */
  acknowledge(collector: string, next: number): void {
    const before = this.#acknowledged.get(collector);
    if (before === undefined || next <= before) return;
    this.#acknowledged.set(collector, Math.min(next, this.#nextSequence));
    this.#hasNewAcknowledgements = true;
    this.#forget();
  }

  acknowledgedBy(collector: string): number {
    return this.#acknowledged.get(collector) ?? 1;
  }

  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Oldest sequence that can still be sent. */
  get firstSequence(): number {
    return this.#segments[0]?.firstSequence ?? this.#nextSequence;
  }

  get isEmpty(): boolean {
    return [...this.#acknowledged.values()].every((next) => next >= this.#nextSequence);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get hasRoom(): boolean {
    return this.#bytes <= this.#options.maxBytes;
  }

  /** Writes what came since. */
  flush(): void {
    for (const segment of this.#unwritten) if (segment.flush()) this.#unwritten.delete(segment);
    const last = this.#segments.at(-1);
    if (last !== undefined && !last.flush()) this.#onWriteFailure(last);
    this.#unwrittenBytes = 0;
  }

  /** Writes how far the collectors are, if that has changed. */
  noteAcknowledgements(): void {
    if (this.#hasNewAcknowledgements) this.#writeAcknowledged();
  }

  /** Keeps the files for a later process, or, when everything is acknowledged, removes the folder. */
  close(): void {
    if (this.isEmpty) rmSync(this.#options.directory, { recursive: true, force: true });
    else {
      this.flush();
      this.noteAcknowledgements();
      this.#segments.at(-1)?.close();
    }
  }

  /** A stale file only makes the next process send again what collectors then discard. */
  #writeAcknowledged(): void {
    const path = join(this.#options.directory, ACKNOWLEDGED_FILE);
    try {
      writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(this.#acknowledged)), { mode: 0o640 });
      renameSync(`${path}.new`, path);
      this.#hasNewAcknowledgements = false;
    } catch {
      this.#options.counters.counter("spool_write_failures").add();
    }
  }

  #onWriteFailure(segment: SpoolSegment): void {
    this.#unwritten.add(segment);
    this.#options.counters.counter("spool_write_failures").add();
  }

  #segmentPath(firstSequence: number): string {
    return join(this.#options.directory, `${String(firstSequence).padStart(16, "0")}.pdus`);
  }

  /** Unknown collectors are left out, new ones start at the beginning: they may know nothing of the run. */
  #readAcknowledged(): void {
    let given: Record<string, unknown>;
    try {
      given = JSON.parse(readFileSync(join(this.#options.directory, ACKNOWLEDGED_FILE), "utf8"));
    } catch {
      return;
    }
    for (const collector of this.#acknowledged.keys()) {
      const next = given[collector];
      if (typeof next === "number" && next <= this.#nextSequence) this.#acknowledged.set(collector, next);
    }
    this.#forget();
  }

  #forget(): void {
    const next = Math.min(...this.#acknowledged.values());
    const before = this.#segments.length;
    while (this.#segments.length > 0 && this.#segments[0]!.nextSequence <= next) {
      const segment = this.#segments.shift()!;
      this.#bytes -= segment.bytes;
      this.#unwritten.delete(segment);
      segment.remove();
    }
    if (this.#segments.length < before) this.onRoom();
  }

  #makeRoom(): void {
    for (const to of ["without counters", "definitions only"] as const) {
      for (const segment of this.#segments.slice(0, -1)) {
        if (this.#bytes <= this.#options.maxBytes) return;
        if (segment.thinned === to || segment.thinned === "definitions only" || !segment.isOnDisk) continue;
        this.#thin(segment, to);
      }
    }
  }

  #thin(segment: SpoolSegment, to: Thinned): void {
    const { pdus, dropped } = thinOut(segment.pdus(), to, this.#options.maxBodyBytes);
    const before = segment.bytes;
    try {
      segment.rewrite(pdus, to);
    } catch {
      this.#options.counters.counter("spool_write_failures").add();
      return;
    }
    this.#bytes += segment.bytes - before;
    const lost = this.#options.counters.byReason("records_lost");
    for (const pdu of dropped) lost.add(`spool full, ${nameOf(pdu.type)}`, pdu.recordCount);
  }
}

function nameOf(type: number): string {
  return typeByCode(type)?.name ?? Object.entries(specialPdus).find(([, code]) => code === type)?.[0] ?? "unknown";
}
