import { randomBytes } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type DataPdu, type DefinitionRequest, type SealKey, writeDataPdu } from "@trafmon/observation";
import { type Clock, type Component, type Counters, type Logger, RepeatedTrouble } from "@trafmon/runtime";
import type { ForwardToSettings } from "@trafmon/settings";
import {
  CollectorLink,
  type OutgoingPdu,
  outgoingPdu,
  RunSender,
  Spool,
  SpoolBudget,
  TokenBucket,
} from "@trafmon/transport";
import { syncDirectory } from "../remember/journal.ts";
import { ForwardedRun, NOTICE_BODY_BYTES } from "./forwarded-run.ts";

export interface ForwardingParts {
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
  /** Everything of a run up to this sequence has been taken; null: nothing is known of it. */
  throughOf(probe: string, run: string): number | null;
  /** How often a probe says that it lives. */
  heartbeatS(probe: string): number;
  /** Asks the probe for definitions that the other collector misses. */
  ask(run: string, request: DefinitionRequest): void;
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

/** PDUs of a run that are to be spooled. */
interface GatheredPdus {
  readonly probe: string;
  readonly run: string;
  readonly pdus: OutgoingPdu[];
}

const SPOOL_TROUBLE = "cannot write the spool of what is forwarded";
const TICK_MS = 20;
const NOTE_ACKNOWLEDGEMENTS_MS = 500;
/** So long after the last word of a probe its run is spoken for; a session that has nothing to say is not kept alive. */
const SPOKEN_FOR_MS = 10_000;
/** A run of which so long nothing came is put away as soon as the other collector has everything. */
const IDLE_MS = 10 * 60_000;
/** A run's folder: its id and the probe's name. */
const RUN_FOLDER = /^([0-9a-f]{16})_(.+)$/;

/**
 * Sends everything that was taken to another collector, as the PDUs of the probes they come from: same run, same
 * sequence, same record numbers. They are spooled under the commit that their acknowledgement rests on, so what a probe
 * may forget is on its way, and survives both ends.
 */
export class Forwarding implements Component {
  readonly name = "forwarding";
  readonly #parts: ForwardingParts;
  readonly #directory: string;
  readonly #link: CollectorLink;
  readonly #bucket: TokenBucket;
  readonly #budget: SpoolBudget;
  readonly #trouble: RepeatedTrouble;
  /** By run and probe, as all that follows. */
  readonly #runs = new Map<string, ForwardedRun>();
  /** Runs whose sequences make no sense, until the next start. */
  readonly #refused = new Set<string>();
  /** Taken since the last flush. */
  #gathered = new Map<string, GatheredPdus>();
  /** Being taken to stable storage: their folders must stay. */
  #syncing: ReadonlySet<string> = new Set();
  #hasNewFolders = false;
  #turn = 0;
  #callOffs: readonly (() => void)[] = [];

  constructor(parts: ForwardingParts) {
    const { to, stateDir, clock, counters, log } = parts;
    this.#parts = parts;
    this.#directory = join(stateDir, `forward_${to.collector}`);
    this.#trouble = new RepeatedTrouble(log, clock);
    this.#budget = new SpoolBudget(to.spoolBytes);
    this.#bucket = new TokenBucket(to.rateBitsPerS, clock);
    const { collector, address, port } = to;
    this.#link = new CollectorLink({ collector, address, port, counters, trouble: this.#trouble, log });
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
    const { spool } = this.#open(probe, run);
    const through = this.#parts.throughOf(probe, run);
    if (through !== null) spool.cutAt(through + 1);
  }

  /** What the other collector does not have yet stays for the next start. */
  async stop(): Promise<void> {
    for (const callOff of this.#callOffs) callOff();
    this.#link.close();
    for (const run of this.#runs.values()) run.spool.close();
    this.#runs.clear();
    this.#trouble.flush();
  }

  /** Takes a PDU as it is taken into the logs, in order, or one that says definitions again. */
  take(probe: string, run: string, pdu: DataPdu): void {
    const key = keyOf(probe, run);
    if (pdu.isRepeat) return this.#runs.get(key)?.sender.say(writeDataPdu(pdu));
    if (this.#refused.has(key)) return;
    const gathered = this.#gathered.get(key) ?? { probe, run, pdus: [] };
    this.#gathered.set(key, gathered);
    gathered.pdus.push(outgoingPdu(writeDataPdu(pdu)));
  }

  /** Takes what another, which sends no more, was given and did not spool. Before anything is taken. */
  takeOver(other: Forwarding): void {
    this.#gathered = other.#gathered;
    other.#gathered = new Map();
  }

  /** Passes on a heartbeat of a probe of which everything is taken. One that is lost is missed here as well. */
  takeHeartbeat(probe: string, run: string, pdu: DataPdu): void {
    // What was gathered says as much, and is sent in a moment.
    const key = keyOf(probe, run);
    if (this.#gathered.has(key) || this.#refused.has(key)) return;
    try {
      const forwarded = this.#runs.get(key) ?? this.#open(probe, run);
      forwarded.spool.beginAt(pdu.sequence);
      forwarded.heardMs = this.#parts.clock.monotonicMs();
      forwarded.sender.say(writeDataPdu(pdu));
    } catch (error) {
      this.#trouble.warn("spool", { reason: (error as Error).message }, SPOOL_TROUBLE);
    }
  }

  get isDirty(): boolean {
    return this.#gathered.size > 0;
  }

  /**
   * Takes what was gathered to stable storage: all that came before this call. When it fails nothing is lost.
   * @throws what the file system says
   */
  async flush(): Promise<void> {
    const taken = this.#gathered;
    this.#gathered = new Map();
    this.#syncing = new Set(taken.keys());
    try {
      await this.#sync([...taken.values()].map((each) => this.#spool(each)));
    } catch (error) {
      for (const [key, { pdus, ...names }] of taken) {
        const since = this.#gathered.get(key)?.pdus ?? [];
        this.#gathered.set(key, { ...names, pdus: [...pdus, ...since] });
      }
      throw error;
    } finally {
      this.#syncing = new Set();
    }
    for (const key of taken.keys()) this.#runs.get(key)?.sender.sendNew();
  }

  async #sync(runs: readonly ForwardedRun[]): Promise<void> {
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

  #spool({ probe, run, pdus }: GatheredPdus): ForwardedRun {
    const key = keyOf(probe, run);
    const forwarded = this.#runs.get(key) ?? this.#open(probe, run);
    forwarded.heardMs = this.#parts.clock.monotonicMs();
    for (const pdu of pdus.splice(0)) {
      if (forwarded.put(pdu)) continue;
      this.#refused.add(key);
      this.#parts.log.error(
        { probe, run, sequence: pdu.sequence },
        "this run's sequences leap; it is forwarded no further",
      );
      break;
    }
    return forwarded;
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
    const { collector, to, sharedKey, clock, counters, heartbeatS, ask } = this.#parts;
    const spool = new Spool({
      directory: join(this.#directory, `${run}_${probe}`),
      collectors: [to.collector],
      budget: this.#budget,
      whenFull: "drop counters",
      maxBodyBytes: NOTICE_BODY_BYTES,
      isSyncRelied: true,
      clock,
      counters,
      onTrouble: ({ message: reason }) => this.#trouble.warn("spool", { reason }, SPOOL_TROUBLE),
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
      trouble: this.#trouble,
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
      const key = keyOf(each.probe, each.run);
      if (this.#gathered.has(key) || this.#syncing.has(key)) continue;
      if (!each.hasEnded && nowMs - each.heardMs <= IDLE_MS) continue;
      if (isDone) this.#putAway(each);
      else each.spool.rest();
    }
  }

  #putAway(run: ForwardedRun): void {
    run.spool.close();
    this.#link.remove(run.sender);
    this.#runs.delete(keyOf(run.probe, run.run));
  }

  #noteAcknowledgements(): void {
    for (const { spool } of this.#runs.values()) spool.noteAcknowledgements();
  }
}

function keyOf(probe: string, run: string): string {
  return `${run} ${probe}`;
}
