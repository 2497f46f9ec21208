import { randomBytes } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DefinitionRequest, SealKey } from "@trafmon/observation";
import type { Clock, Counters, Logger, RepeatedTrouble } from "@trafmon/runtime";
import type { ForwardToSettings } from "@trafmon/settings";
import { CollectorLink, RunSender, Spool, SpoolBudget, TokenBucket } from "@trafmon/transport";
import { syncDirectory } from "../remember/journal.ts";
import { ForwardedRun, NOTICE_BODY_BYTES } from "./forwarded-run.ts";
import { spoolFolder } from "./left-spools.ts";

export interface ForwardedRunsParts {
  /** Name of this collector. */
  readonly collector: string;
  readonly to: ForwardToSettings;
  /** The key shared with the other collector; null: security="none". */
  readonly sharedKey: SealKey;
  readonly stateDir: string;
  readonly clock: Clock;
  /** As a probe counts. */
  readonly counters: Counters;
  readonly log: Logger;
  readonly trouble: RepeatedTrouble;
  /** Everything of a run up to this sequence has been taken; null: nothing is known of it. */
  throughOf(probe: string, run: string): number | null;
  /** How often a probe says that it lives. */
  heartbeatS(probe: string): number;
  /** Asks the probe for definitions that the other collector misses. */
  ask(run: string, request: DefinitionRequest): void;
  /** Something of the run is on its way into its spool: its folder must stay. */
  isInUse(probe: string, run: string): boolean;
  /** Nothing more is put into the spools: a run is put away as soon as the other collector has everything. */
  readonly isClosed: boolean;
  /** Told when the last of the runs has been put away. */
  onEmpty?(): void;
}

/** How far the other collector is. */
export interface ForwardingState {
  readonly collector: string;
  /** PDUs that it has not acknowledged. */
  readonly waitingPdus: number;
  readonly spoolBytes: number;
  readonly spoolLimitBytes: number;
  /** Since it was heard; null: never. */
  readonly quietS: number | null;
}

export const SPOOL_TROUBLE = "cannot write the spool of what is forwarded";
const TICK_MS = 20;
const NOTE_ACKNOWLEDGEMENTS_MS = 500;
/** So long after the last word of a probe its run is spoken for; a session that has nothing to say is not kept alive. */
const SPOKEN_FOR_MS = 10_000;
/** A run of which so long nothing came is put away as soon as the other collector has everything. */
const IDLE_MS = 10 * 60_000;
/** A run's folder: its id and the probe's name. */
const RUN_FOLDER = /^([0-9a-f]{16})_(.+)$/;

/** The runs on their way to another collector: their spools, and what sends from them. */
export class ForwardedRuns {
  readonly #parts: ForwardedRunsParts;
  readonly #directory: string;
  readonly #link: CollectorLink;
  readonly #bucket: TokenBucket;
  readonly #budget: SpoolBudget;
  /** By run and probe. */
  readonly #runs = new Map<string, ForwardedRun>();
  #hasNewFolders = false;
  #turn = 0;
  #callOffs: readonly (() => void)[] = [];

  constructor(parts: ForwardedRunsParts) {
    const { to, stateDir, clock, counters, log, trouble } = parts;
    this.#parts = parts;
    this.#directory = spoolFolder(stateDir, to.collector);
    this.#budget = new SpoolBudget(to.spoolBytes);
    this.#bucket = new TokenBucket(to.rateBitsPerS, clock);
    const { collector, address, port } = to;
    this.#link = new CollectorLink({ collector, address, port, counters, trouble, log });
  }

  /**
   * Goes on with what an earlier life left.
   * @throws what the file system says
   */
  async start(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o750 });
    for (const folder of (await readdir(this.#directory)).sort()) {
      const [, run, probe] = RUN_FOLDER.exec(folder) ?? [];
      if (run !== undefined && probe !== undefined) this.#takeOver(probe, run);
    }
    await this.#link.open();
    const { clock } = this.#parts;
    this.#callOffs = [
      clock.every(TICK_MS, () => this.#tick()),
      clock.every(NOTE_ACKNOWLEDGEMENTS_MS, () => this.#noteAcknowledgements()),
    ];
  }

  /** What was spooled under a commit that a crash cut short comes again, whole: of the rest a hole may be left. */
  #takeOver(probe: string, run: string): void {
    const { spool } = this.opened(probe, run);
    const through = this.#parts.throughOf(probe, run);
    if (through !== null) spool.cutAt(through + 1);
  }

  /** What the other collector does not have yet stays for the next start. */
  stop(): void {
    for (const callOff of this.#callOffs) callOff();
    this.#link.close();
    for (const run of this.#runs.values()) run.spool.close();
    this.#runs.clear();
  }

  get(probe: string, run: string): ForwardedRun | undefined {
    return this.#runs.get(keyOf(probe, run));
  }

  /**
   * The run, with a spool that is new or what an earlier life left.
   * @throws what the file system says
   */
  opened(probe: string, run: string): ForwardedRun {
    return this.get(probe, run) ?? this.#open(probe, run);
  }

  /**
   * Takes these to stable storage. When it fails nothing is lost.
   * @throws what the file system says
   */
  async sync(runs: readonly ForwardedRun[]): Promise<void> {
    // All are waited for: what is still under way must not look done to the next call.
    const synced = await Promise.allSettled(runs.map(({ spool }) => spool.sync()));
    const failed = synced.find((each) => each.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    if (!this.#hasNewFolders) return;
    this.#hasNewFolders = false;
    try {
      await syncDirectory(this.#directory);
    } catch (error) {
      this.#hasNewFolders = true;
      throw error;
    }
  }

  get state(): ForwardingState {
    const states = [...this.#runs.values()].map(({ sender }) => sender.state);
    const quiet = states.flatMap(({ quietMs }) => quietMs ?? []);
    const spoolBytes = [...this.#runs.values()].reduce((sum, { spool }) => sum + spool.bytes, 0);
    return {
      collector: this.#parts.to.collector,
      waitingPdus: states.reduce((sum, { waitingPdus }) => sum + waitingPdus, 0),
      spoolBytes,
      spoolLimitBytes: this.#budget.maxBytes,
      quietS: quiet.length === 0 ? null : Math.min(...quiet) / 1000,
    };
  }

  #open(probe: string, run: string): ForwardedRun {
    const { collector, to, sharedKey, clock, counters, trouble, heartbeatS, ask } = this.#parts;
    const spool = new Spool({
      directory: join(this.#directory, `${run}_${probe}`),
      collectors: [to.collector],
      budget: this.#budget,
      whenFull: "drop counters",
      maxBodyBytes: NOTICE_BODY_BYTES,
      isSyncRelied: true,
      clock,
      counters,
      onTrouble: ({ message: reason }) => trouble.warn("spool", { reason }, SPOOL_TROUBLE),
    });
    spool.open();
    this.#hasNewFolders = true;
    const sender = new RunSender({
      run,
      probe: `${collector}/${probe}`,
      collector: to.collector,
      sharedKey,
      newSession: () => randomBytes(8).toString("hex"),
      spool,
      bucket: this.#bucket,
      clock,
      counters,
      trouble,
      random: Math.random,
      heartbeatS: heartbeatS(probe),
      // They come from the probe: a silent one must not look alive.
      heartbeat: null,
      send: this.#link.send,
      definitions: (request) => {
        // The answer comes from the probe, and is passed on as it comes.
        ask(run, request);
        return [];
      },
      onProgress: () => {},
    });
    this.#link.add(sender);
    const forwarded = new ForwardedRun({ probe, run }, spool, sender, clock.monotonicMs());
    this.#runs.set(keyOf(probe, run), forwarded);
    return forwarded;
  }

  #tick(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    const runs = [...this.#runs.values()];
    // Each begins in turn, so that none takes the whole rate.
    this.#turn = (this.#turn + 1) % Math.max(1, runs.length);
    for (const each of [...runs.slice(this.#turn), ...runs.slice(0, this.#turn)]) {
      each.spool.flush();
      const isDone = each.spool.isEmpty;
      if (!isDone || nowMs - each.heardMs < SPOKEN_FOR_MS) each.sender.tick();
      if (this.#parts.isInUse(each.probe, each.run)) continue;
      const isOver = each.hasEnded || this.#parts.isClosed || nowMs - each.heardMs > IDLE_MS;
      if (!isOver) continue;
      if (isDone) this.#putAway(each);
      else each.spool.rest();
    }
  }

  #putAway(run: ForwardedRun): void {
    run.spool.close();
    this.#link.remove(run.sender);
    this.#runs.delete(keyOf(run.probe, run.run));
    if (this.#runs.size === 0) this.#parts.onEmpty?.();
  }

  #noteAcknowledgements(): void {
    for (const { spool } of this.#runs.values()) spool.noteAcknowledgements();
  }
}

function keyOf(probe: string, run: string): string {
  return `${run} ${probe}`;
}
