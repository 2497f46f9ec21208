import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { formatLogFileName, type ObservationType, observationTypes, parseLogFileName } from "@trafmon/observation";
import type { Clock } from "@trafmon/runtime";
import { ProcessLock } from "@trafmon/runtime";
import { collectorError } from "../errors.ts";
import {
  type CommittedFile,
  type CommittedState,
  type CommittedStream,
  Journal,
  NOTHING_COMMITTED,
  syncDirectory,
  whenMissing,
} from "../remember/journal.ts";
import { KnownRuns } from "../remember/known-runs.ts";
import { PendingFile } from "../remember/pending-file.ts";
import type { ProbeStream } from "../remember/probe-stream.ts";
import { RunningTime } from "../remember/running-time.ts";
import { bytesOfWholeLines, LogFile } from "./log-file.ts";

export interface CommittedLogsOptions {
  readonly logDir: string;
  readonly stateDir: string;
  readonly collector: string;
  /** This life of the collector, 16 hexadecimal digits; part of the files' names, so that no name is used twice. */
  readonly epoch: string;
  readonly clock: Clock;
}

/** Takes what it was given to stable storage when the logs are committed; a commit fails when it does. */
export interface CommittedToo {
  readonly isDirty: boolean;
  /** Everything given before the call. */
  flush(): Promise<void>;
}

/** What was found when the logs were opened. */
export interface FoundLogs {
  /** Files that were kept although no journal speaks of them. */
  readonly adopted: readonly string[];
  /** The file of what waits is gone. */
  readonly isPendingGone: boolean;
}

/**
 * The log files and the journal, committed together: after `commit` every line appended before it and the sequence
 * numbers it came with are on stable storage, or neither counts. A crash at any instant leaves the state of the last
 * commit: files are cut back to it when the collector starts again, and what was not acknowledged comes again.
 */
export class CommittedLogs {
  readonly #options: CommittedLogsOptions;
  readonly #journal: Journal;
  /** What has been taken and cannot stand in the logs yet; committed with them. */
  readonly pending: PendingFile;
  /** Something else that is committed with them. */
  also: CommittedToo | null = null;
  /** Files that lines are added to. */
  readonly #open = new Map<ObservationType, LogFile>();
  /** Files of a rotation that is not done yet: complete but for their names. */
  #finishing: LogFile[] = [];
  readonly runs = new KnownRuns();
  readonly #running: RunningTime;
  #lock: ProcessLock | null = null;
  /** Lines are on the disk that the journal does not know of. */
  #isJournalBehind = false;
  /** Files were made whose names may not be on the disk. */
  #hasNewNames = false;
  #serial = 1;
  /** Commits and rotations follow one another. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: CommittedLogsOptions) {
    this.#options = options;
    this.#running = new RunningTime(options.clock);
    const { stateDir, collector, epoch } = options;
    this.#journal = new Journal(join(stateDir, `${collector}.journal`));
    this.pending = new PendingFile(stateDir, collector, epoch);
  }

  /**
   * Reads the journal and puts the folder into the state of the last commit.
   * @throws {CodedError} COLLECTOR_LOG_DIRECTORY_UNWRITABLE, COLLECTOR_JOURNAL_DAMAGED, COLLECTOR_PENDING_DAMAGED,
   * COLLECTOR_ALREADY_RUNS
   */
  async open(): Promise<FoundLogs> {
    const { logDir, stateDir } = this.#options;
    try {
      await mkdir(logDir, { recursive: true });
      await mkdir(stateDir, { recursive: true });
      this.#takeLock();
      const journalled = await this.#journal.read();
      const state = journalled ?? { ...NOTHING_COMMITTED, open: await this.#leftWithoutJournal() };
      this.runs.restore(state.streams);
      this.#running.goOnFrom(state.ranS ?? 0);
      const unfinished = identityFirst([...state.open, ...state.closing]);
      await this.#discardUncommitted(new Set(unfinished.map((file) => `${file.name}.part`)));
      for (const file of unfinished) await this.#cutBack(file);
      await this.#giveFinalNames(unfinished);
      const committed = journalled === null ? undefined : (journalled.pending ?? null);
      const isPendingGone = !(await this.pending.recover(committed));
      await this.#journal.replace(this.#whole());
      return { adopted: journalled === null ? state.open.map((file) => file.name) : [], isPendingGone };
    } catch (error) {
      if (!(error as NodeJS.ErrnoException).syscall) throw error;
      throw collectorError("COLLECTOR_LOG_DIRECTORY_UNWRITABLE", `cannot write in ${logDir} and ${stateDir}`, error);
    }
  }

  /** What is known of a probe run; begun anew where nothing is. */
  stream(probe: string, run: string): ProbeStream {
    return this.runs.stream(probe, run);
  }

  /** Forgets the runs that are too old to come again; `isInUse`: somebody holds on to what is known of them. */
  forgetRuns(isInUse: (probe: string, run: string) => boolean): void {
    // Of one that is not changed no commit under way has anything new.
    this.runs.forget(this.#running.s, isInUse);
  }

  /** Adds whole lines to the type's current file: text, or bytes, which are copied. They count from the next commit on. */
  append(type: ObservationType, lines: string | Uint8Array): void {
    let file = this.#open.get(type);
    if (file === undefined) {
      const { collector, epoch, logDir } = this.#options;
      const name = formatLogFileName({ type: type.name, collector, epoch, serial: this.#serial, isPart: false });
      file = new LogFile(logDir, name, type);
      this.#open.set(type, file);
    }
    file.append(lines);
  }

  /**
   * Brings everything appended so far to stable storage; then `safeThrough` of each stream says what may be
   * acknowledged. When it fails (disk full, say) nothing is lost and it may be tried again.
   */
  commit(): Promise<void> {
    return this.#inTurn(() => this.#commit());
  }

  /** Commits, and gives all current files their final names: identity files first, because others refer to them. */
  rotate(): Promise<void> {
    return this.#inTurn(async () => {
      this.#finishing.push(...this.#open.values());
      if (this.#open.size > 0) this.#serial++;
      this.#open.clear();
      await this.#commit();
      const files = identityFirst(this.#finishing.map((file) => file.committed));
      if (files.length === 0) return;
      for (const file of this.#finishing) await file.close();
      await this.#journal.append(this.#state([], files), () => this.#whole(files));
      await this.#giveFinalNames(files);
      this.#finishing = [];
      await this.#journal.append(this.#state([]), () => this.#whole());
    });
  }

  /** Gives all files their final names and ends. */
  async close(): Promise<void> {
    await this.rotate();
    await this.#inTurn(() => this.#journal.close());
    await this.pending.close();
    this.#lock?.release();
  }

  /** Lets go of all files as they are, as a crash would: what is not committed comes again from the probes. */
  async abandon(): Promise<void> {
    await this.#turn;
    for (const file of [...this.#open.values(), ...this.#finishing]) await file.close();
    await this.#journal.close();
    await this.pending.close();
    this.#lock?.release();
  }

  async #commit(): Promise<void> {
    const streams = this.runs.changed;
    const takenS = Math.floor(this.#options.clock.wallMs() / 1000);
    const takenRanS = this.#running.s;
    const snapshots = streams.map((stream) => stream.snapshot(takenS, takenRanS));
    const dirty = [...this.#open.values(), ...this.#finishing].filter((file) => file.isDirty);
    const others = [this.pending, ...(this.also === null ? [] : [this.also])];
    if (![...dirty, ...streams, ...others.filter((each) => each.isDirty)].length && !this.#isJournalBehind) return;
    this.#isJournalBehind = true;
    this.#hasNewNames ||= dirty.some((file) => file.isNew);
    try {
      // Every flush takes its lines at once, before anything is waited for, so that they match the snapshots.
      const results = await Promise.allSettled([...dirty, ...others].map((each) => each.flush()));
      const failed = results.find((result) => result.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      if (this.#hasNewNames) await syncDirectory(this.#options.logDir);
      this.#hasNewNames = false;
      this.runs.note(snapshots);
      await this.#journal.append(this.#state(snapshots), () => this.#whole());
    } catch (error) {
      for (const stream of streams) stream.noteUnsaved();
      throw error;
    }
    this.#isJournalBehind = false;
    streams.forEach((stream, index) => {
      stream.committed(snapshots[index]!);
    });
    await this.pending.forgetStale();
  }

  /** All streams, for a journal that begins anew. */
  #whole(closing: readonly CommittedFile[] = []): CommittedState {
    return this.#state(this.runs.committed, closing);
  }

  #state(streams: readonly CommittedStream[], closing: readonly CommittedFile[] = []): CommittedState {
    const named = new Set(closing.map((file) => file.name));
    const files = [...this.#open.values(), ...this.#finishing].map((file) => file.committed);
    const open = files.filter((file) => file.bytes > 0 && !named.has(file.name));
    return { open, closing, streams, ranS: this.#running.s, pending: this.pending.committed };
  }

  #takeLock(): void {
    const { stateDir, collector } = this.#options;
    const path = join(stateDir, `${collector}.lock`);
    this.#lock = ProcessLock.acquire(path);
    if (this.#lock === null) {
      throw collectorError("COLLECTOR_ALREADY_RUNS", `cannot start ${collector}: a living process holds ${path}`);
    }
  }

  async #giveFinalNames(files: readonly CommittedFile[]): Promise<void> {
    const { logDir } = this.#options;
    for (const { name } of files) {
      // Where the .part is gone it was renamed before the crash, and the loader may have taken it since.
      await rename(join(logDir, `${name}.part`), join(logDir, name)).catch(whenMissing(undefined));
    }
    await syncDirectory(logDir);
  }

  async #cutBack(file: CommittedFile): Promise<void> {
    const path = join(this.#options.logDir, `${file.name}.part`);
    const found = await stat(path).catch(whenMissing(null));
    if (found === null) return;
    if (found.size < file.bytes)
      throw collectorError(
        "COLLECTOR_JOURNAL_DAMAGED",
        `cannot trust ${path}: it has ${found.size} bytes, the journal committed ${file.bytes}`,
      );
    const handle = await open(path, "r+");
    try {
      await handle.truncate(file.bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Removes files of ours that no commit knows: nothing in them was acknowledged. */
  async #discardUncommitted(known: ReadonlySet<string>): Promise<void> {
    for (const entry of await this.#ownParts()) {
      if (!known.has(entry)) await rm(join(this.#options.logDir, entry));
    }
  }

  /**
   * The journal is gone, say moved away by hand, and with it what was acknowledged: every whole line counts, because
   * most were. The few that were not come again, where their numbers tell.
   */
  async #leftWithoutJournal(): Promise<readonly CommittedFile[]> {
    const files: CommittedFile[] = [];
    for (const entry of await this.#ownParts()) {
      const bytes = await bytesOfWholeLines(join(this.#options.logDir, entry));
      if (bytes > 0) files.push({ name: entry.slice(0, -".part".length), bytes });
    }
    return files;
  }

  async #ownParts(): Promise<readonly string[]> {
    const entries = await readdir(this.#options.logDir);
    return entries.filter((entry) => {
      const name = parseLogFileName(entry);
      return name?.isPart === true && name.collector === this.#options.collector;
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

/** Sorts identity types before the others: who sees a file of any type must find its descriptions complete. */
function identityFirst(files: readonly CommittedFile[]): CommittedFile[] {
  const isIdentity = (file: CommittedFile) => {
    const type = parseLogFileName(file.name)?.type;
    return Object.values(observationTypes).some((each) => each.name === type && each.family === "identity");
  };
  return [...files].sort((a, b) => Number(isIdentity(b)) - Number(isIdentity(a)));
}
