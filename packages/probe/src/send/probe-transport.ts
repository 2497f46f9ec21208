import { randomBytes } from "node:crypto";
import { DATA_HEAD_BYTES, OVERHEAD_BYTES, type SealKey, specialPdus, writeDataPdu } from "@trafmon/observation";
import { type Clock, type Component, type Counters, type Logger, RepeatedTrouble } from "@trafmon/runtime";
import type { ProbeSettings } from "@trafmon/settings";
import { CollectorLink, type OutgoingPdu, RunSender, Spool, SpoolBudget, TokenBucket } from "@trafmon/transport";
import { DefinitionHistory } from "./definition-history.ts";
import { PduBuilder } from "./pdu-builder.ts";
import { type RunFolder, SpoolDirectory, spoolUnwritable } from "./spool-directory.ts";

export interface ProbeTransportOptions {
  readonly probe: ProbeSettings;
  readonly configurationHash: string;
  /** The key shared with the collectors; null: security="none". */
  readonly sharedKey: SealKey;
  /** What a full spool means: live, the oldest counters go; in a replay `hasRoom` becomes false and reading pauses. */
  readonly mode: "live" | "replay";
  /** Of the network: never the packets' clock. */
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Logger;
  /** 16 hexadecimal digits; by default at random. */
  readonly run?: string;
  /** 0 (included) to 1. */
  readonly random?: () => number;
}

/** How far a collector is with what this probe has. */
export interface CollectorProgress {
  readonly collector: string;
  /** PDUs that it has not acknowledged. */
  readonly waitingPdus: number;
  /** How old, by the packets' time, the oldest of these is; 0: nothing waits. */
  readonly lagS: number;
  /** Since it was heard; null: never. */
  readonly quietS: number | null;
}

/** Often enough for retries and the rate, seldom enough to cost nothing. */
const TICK_MS = 20;
/** How often a wait looks whether it has lasted too long. */
const WAIT_LOOK_MS = 100;
/** What a crash forgets in between is sent again, and discarded by the collectors. */
const NOTE_ACKNOWLEDGEMENTS_MS = 500;
const HISTORY_BYTES = 16 << 20;
/** A heartbeat is long enough that a collector which does not know us may answer with a challenge. */
const HEARTBEAT_BODY = Buffer.alloc(24);

interface OpenRun {
  readonly folder: RunFolder;
  readonly spool: Spool;
}

/**
 * Everything between the measuring code and the collectors: records in by `sink`, acknowledged PDUs out. Runs that an
 * earlier process could not finish are sent first, under their own id.
 */
export class ProbeTransport implements Component {
  readonly name = "transport";
  /** Id of this run, 16 hexadecimal digits. */
  readonly run: string;
  readonly sink: PduBuilder;
  readonly #options: ProbeTransportOptions;
  readonly #directory: SpoolDirectory;
  readonly #links: CollectorLink[];
  readonly #history = new DefinitionHistory(HISTORY_BYTES);
  readonly #trouble: RepeatedTrouble;
  readonly #budget: SpoolBudget;
  readonly #earlier: OpenRun[] = [];
  #present: OpenRun | null = null;
  #callOff: () => void = () => {};
  #lastProgressMs = 0;
  readonly #waiting = new Set<() => void>();

  constructor(options: ProbeTransportOptions) {
    const { probe, counters } = options;
    this.#options = options;
    this.run = options.run ?? randomBytes(8).toString("hex");
    this.#directory = new SpoolDirectory(probe.spoolDir, probe.name);
    this.#trouble = new RepeatedTrouble(options.log, options.clock);
    this.#budget = new SpoolBudget(probe.spoolBytes);
    this.sink = new PduBuilder(
      {
        maxPduBytes: probe.maxPduBytes,
        flushIntervalS: probe.flushIntervalS,
        configurationHash: options.configurationHash,
        counters,
      },
      { take: (pdu) => this.#take(pdu) },
    );
    this.#links = probe.sendTo.map(
      ({ collector, address, port }) =>
        new CollectorLink({ collector, address, port, counters, trouble: this.#trouble, log: options.log }),
    );
  }

  /** @throws {CodedError} PROBE_SPOOL_UNWRITABLE */
  async start(): Promise<void> {
    const buckets = this.#options.probe.sendTo.map((to) => new TokenBucket(to.rateBitsPerS, this.#options.clock));
    for (const folder of this.#directory.takeOver()) {
      const run = this.#openRun(folder);
      if (run.spool.isEmpty) this.#closeRun(run);
      else {
        this.#earlier.push(run);
        this.#options.log.info({ run: folder.run, bytes: run.spool.bytes }, "sending an earlier run's spool first");
        this.#addSenders(run, buckets, false);
      }
    }
    this.#present = this.#openRun(this.#directory.create(this.run));
    this.#addSenders(this.#present, buckets, true);
    for (const link of this.#links) await link.open();
    this.#lastProgressMs = this.#options.clock.monotonicMs();
    const { clock } = this.#options;
    const callOffs = [
      clock.every(TICK_MS, () => this.#tick()),
      clock.every(NOTE_ACKNOWLEDGEMENTS_MS, () => {
        for (const run of [...this.#earlier, this.#present]) run?.spool.noteAcknowledgements();
      }),
    ];
    this.#callOff = () => callOffs.forEach((callOff) => void callOff());
    this.#tick();
  }

  /** Keeps what is not acknowledged for the next start. Call `finish` first to wait for acknowledgements. */
  async stop(): Promise<void> {
    this.sink.end();
    this.#callOff();
    for (const link of this.#links) link.close();
    for (const run of this.#earlier.splice(0)) this.#closeRun(run);
    if (this.#present !== null) this.#closeRun(this.#present);
    this.#present = null;
    this.#trouble.flush();
  }

  /** False when a replay has to pause reading until `whenRoom`. */
  get hasRoom(): boolean {
    return this.#present === null || this.#present.spool.hasRoom;
  }

  /**
   * Waits until the spool has room, not at all if it has. False when so many milliseconds went by without any
   * acknowledgement.
   */
  async whenRoom(withoutProgressMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    return this.#waitFor(() => this.hasRoom, withoutProgressMs);
  }

  /**
   * Ends the run and waits until every collector has acknowledged everything. False when so many milliseconds went by
   * without any acknowledgement: the spool then stays for the next start.
   */
  async finish(withoutProgressMs: number): Promise<boolean> {
    this.sink.end();
    this.#present?.spool.flush();
    return this.#waitFor(() => this.isDone, withoutProgressMs);
  }

  async #waitFor(isThere: () => boolean, withoutProgressMs: number): Promise<boolean> {
    const { clock } = this.#options;
    const beginMs = clock.monotonicMs();
    while (!isThere()) {
      if (clock.monotonicMs() - Math.max(beginMs, this.#lastProgressMs) >= withoutProgressMs) return false;
      await new Promise<void>((resolve) => {
        const wake = () => {
          callOff();
          this.#waiting.delete(wake);
          resolve();
        };
        const callOff = clock.after(WAIT_LOOK_MS, wake);
        this.#waiting.add(wake);
      });
    }
    return true;
  }

  get isDone(): boolean {
    return this.#links.every((link) => link.isDone);
  }

  /** Bytes of PDUs that some collector has not acknowledged. */
  get spoolBytes(): number {
    return [...this.#earlier, this.#present].reduce((sum, run) => sum + (run?.spool.bytes ?? 0), 0);
  }

  /** How far each collector is. Runs of earlier processes count until they are done. */
  get collectors(): readonly CollectorProgress[] {
    const nowS = this.#options.clock.wallMs() / 1000;
    return this.#links.map(({ collector, states }) => {
      const watermarks = states.flatMap(({ oldestWatermarkS }) => oldestWatermarkS ?? []);
      const quiet = states.flatMap(({ quietMs }) => quietMs ?? []);
      return {
        collector,
        waitingPdus: states.reduce((sum, { waitingPdus }) => sum + waitingPdus, 0),
        lagS: watermarks.length === 0 ? 0 : Math.max(0, nowS - Math.min(...watermarks)),
        quietS: quiet.length === 0 ? null : Math.min(...quiet) / 1000,
      };
    });
  }

  #take(pdu: OutgoingPdu): void {
    this.#history.note(pdu);
    this.#present?.spool.take(pdu);
    for (const link of this.#links) link.active.find(({ run }) => run === this.run)?.sendNew();
  }

  #openRun(folder: RunFolder): OpenRun {
    const { probe, mode, clock, counters } = this.#options;
    const spool = new Spool({
      directory: folder.directory,
      collectors: probe.sendTo.map((to) => to.collector),
      budget: this.#budget,
      whenFull: mode === "live" ? "drop counters" : "pause",
      maxBodyBytes: probe.maxPduBytes - OVERHEAD_BYTES - DATA_HEAD_BYTES,
      clock,
      counters,
      onTrouble: ({ message: reason }) =>
        this.#trouble.warn("spool", { reason }, "cannot write the spool; what is not acknowledged waits in memory"),
    });
    try {
      spool.open();
    } catch (cause) {
      throw spoolUnwritable(folder.directory, cause);
    }
    spool.onRoom = () => this.#wake();
    return { folder, spool };
  }

  #closeRun(run: OpenRun): void {
    const { isEmpty } = run.spool;
    run.spool.close();
    if (this.#directory.release(run.folder, isEmpty)) return;
    const { directory } = run.folder;
    this.#options.log.warn(
      { run: run.folder.run },
      `cannot send all of ${directory}: it holds files that this version does not read\n  ` +
        "start the version that wrote them (docs/protocol.md), or remove the folder",
    );
  }

  #addSenders(run: OpenRun, buckets: readonly TokenBucket[], isPresent: boolean): void {
    const { probe, clock, counters, sharedKey, random = Math.random } = this.#options;
    this.#links.forEach((link, i) => {
      const sender = new RunSender({
        run: run.folder.run,
        probe: probe.name,
        collector: link.collector,
        sharedKey,
        newSession: () => randomBytes(8).toString("hex"),
        spool: run.spool,
        bucket: buckets[i]!,
        clock,
        counters,
        trouble: this.#trouble,
        random,
        heartbeatS: probe.heartbeatS,
        heartbeat: isPresent ? () => this.#heartbeat() : null,
        send: link.send,
        definitions: (request) => (isPresent ? this.#history.answer(request) : []),
        onProgress: () => {
          this.#lastProgressMs = clock.monotonicMs();
          this.#wake();
        },
      });
      link.add(sender);
    });
  }

  #heartbeat(): Buffer {
    return writeDataPdu({
      type: specialPdus.heartbeat,
      isRepeat: false,
      sequence: this.sink.nextSequence,
      watermark: this.sink.watermark(),
      configurationHash: this.sink.configurationHash,
      recordCount: 0,
      firstRecordNo: 1,
      body: HEARTBEAT_BODY,
    });
  }

  #tick(): void {
    this.#present?.spool.flush();
    for (const link of this.#links) for (const sender of link.active) sender.tick();
    for (const run of this.#earlier.filter(({ spool }) => spool.isEmpty)) {
      this.#earlier.splice(this.#earlier.indexOf(run), 1);
      this.#closeRun(run);
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
