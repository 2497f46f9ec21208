import { watch } from "node:fs";
import { join } from "node:path";
import { type Connection, connect, readCredentials, TEMPLATE_DATABASE } from "@trafmon/database";
import {
  CodedError,
  createLog,
  defineProgram,
  EXIT,
  type ExitCode,
  etcDirectory,
  type Logger,
  ProcessLock,
  type ProgramLife,
  Progress,
  readCommandLine,
  runProgram,
  sleep,
  systemClock,
  wholeNumber,
} from "@trafmon/runtime";
import { loaderError } from "./errors.ts";
import { LogFolder } from "./gather/log-folder.ts";
import { DEFAULT_MAX_NEW_DAYS, Loader, type PassResult } from "./loader.ts";

interface Options {
  readonly path: string;
  readonly localConfig?: boolean;
  readonly logFileDirectory: string;
  readonly db?: string;
  readonly cred?: string;
  readonly keep: number;
  readonly watch?: boolean;
  readonly batch: number;
  readonly newDays: number;
  readonly template: string;
}

/** With --watch: how long to wait for a sign from the folder, and after trouble with the server. */
const LOOK_AGAIN_MS = 2_000;
const AFTER_TROUBLE_MS = 5_000;

function programOf() {
  return defineProgram({
    name: "trafMon_loader",
    summary:
      "Loads complete log files of collectors into the database, and keeps the aggregates at 1 minute, hour and day.",
    examples: [
      { command: "trafMon_loader", meaning: "One pass over the default folder, as cron runs it:" },
      { command: "trafMon_loader -p var/logs -l --watch", meaning: "Load each file as it completes, until stopped:" },
    ],
    notes:
      "Exit codes: 0 done or nothing to do; 65 some lines or files were refused, see rejected/ in the folder;\n" +
      "69 server unavailable; 75 another loader is at work; 77 no permission; 78 bad configuration.",
  })
    .option("-p, --path <folder>", "folder with the collector's log files", "/var/trafMon/collector/")
    .option("-l, --localConfig", "read db.cred in the current folder instead of /etc/trafMon/cred/db.cred")
    .option("-L, --logFileDirectory <folder>", "folder of this program's own log", "/var/trafMon/log/")
    .option("-d, --db <name>", "runtime database (default: the one that db.cred names)")
    .option("--cred <file>", "read this file instead of db.cred")
    .option("--keep <days>", "days loaded files are kept in loaded/; 0: not at all", wholeNumber(0, 36500), 7)
    .option("--watch", "stay, and load files as they complete")
    .option("--batch <MiB>", "lines that one transaction adds, at most", wholeNumber(1, 1024), 128)
    .option(
      "--new-days <count>",
      "days without data yet that one file may bring; one of more is refused, its clock doubted",
      wholeNumber(1, 8000),
      DEFAULT_MAX_NEW_DAYS,
    )
    .option("--template <name>", "template database", TEMPLATE_DATABASE);
}

await runProgram("trafMon_loader", async (life) => {
  const { options } = readCommandLine<Options>(programOf(), life.args);
  const programLog = createLog({ program: life.name, json: options.json, directory: options.logFileDirectory });
  life.useLog(programLog);
  const { log } = programLog;
  const credentials = readCredentials(credentialsPath(options, log));
  const folder = await LogFolder.open(options.path);
  const pathLock = ProcessLock.acquire(join(options.path, ".trafMon_loader.lock"));
  if (pathLock === null)
    throw loaderError("LOADER_BUSY", `cannot load from ${options.path}: another loader is at work`);
  try {
    const work = () => workOnce({ options, life, log, folder, credentials });
    if (!options.watch) return await work();
    while (!life.stopping.aborted) {
      try {
        await work();
      } catch (error) {
        if (!isPassing(error)) throw error;
        log.error({ code: (error as CodedError).code }, (error as Error).message);
        await sleep(systemClock, AFTER_TROUBLE_MS, life.stopping);
      }
    }
    return EXIT.DONE;
  } finally {
    pathLock.release();
  }
});

interface Work {
  readonly options: Options;
  readonly life: ProgramLife;
  readonly log: Logger;
  readonly folder: LogFolder;
  readonly credentials: ReturnType<typeof readCredentials>;
}

/** One connection's work: a single pass, or with --watch passes until stopped. */
async function workOnce({ options, life, log, folder, credentials }: Work): Promise<ExitCode> {
  const connections: Connection[] = [];
  const another = async () => {
    const made = await connect(credentials, { database: null });
    connections.push(made);
    // A lost connection is told by the statement that meets it.
    made.on("error", () => {});
    return made;
  };
  let progress: Progress | null = null;
  try {
    const connection = await another();
    const secondConnection = await another();
    const loader = new Loader({
      connection,
      secondConnection,
      template: options.template,
      database: options.db ?? credentials.database,
      folder,
      clock: systemClock,
      log,
      keepDays: options.keep,
      batchBytes: options.batch * 2 ** 20,
      maxNewDays: options.newDays,
      onProgress: (done, total) => {
        progress ??= new Progress({ label: "loading", total, unit: "bytes", clock: systemClock });
        progress.update(done);
      },
    });
    await loader.prepare();
    for (;;) {
      const result = await loader.pass();
      (progress as Progress | null)?.finish();
      progress = null;
      if (!options.watch) return tell(result, log);
      if (life.stopping.aborted) return EXIT.DONE;
      await somethingHappens(options.path, life.stopping);
      if (life.stopping.aborted) return EXIT.DONE;
    }
  } finally {
    for (const each of connections) await each.end().catch(() => each.destroy());
  }
}

function tell(result: PassResult, log: Logger): ExitCode {
  log.info({ ...result }, "pass done");
  const { filesLoaded, linesLoaded, linesRejected, filesRejected, filesWaiting } = result;
  const refused = linesRejected + filesRejected > 0;
  process.stdout.write(
    `${filesLoaded} files, ${linesLoaded} lines loaded` +
      (refused ? `; ${linesRejected} lines and ${filesRejected} files refused, see rejected/` : "") +
      (filesWaiting > 0 ? `; ${filesWaiting} files wait for flow descriptions` : "") +
      "\n",
  );
  return refused ? EXIT.DATA_REJECTED : EXIT.DONE;
}

/** Resolves when the folder changes, at the latest after a while, or when stopping. */
async function somethingHappens(path: string, stopping: AbortSignal): Promise<void> {
  const changed = new AbortController();
  const watcher = watch(path, (_event, name) => {
    if (name === null || /\.log$/.test(name)) changed.abort();
  });
  watcher.on("error", () => {});
  await sleep(systemClock, LOOK_AGAIN_MS, AbortSignal.any([stopping, changed.signal]));
  watcher.close();
}

/** With --watch, trouble that may pass is waited for. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof CodedError && ([EXIT.SERVER_UNAVAILABLE, EXIT.TRY_AGAIN] as ExitCode[]).includes(error.exitCode)
  );
}

function credentialsPath(options: Options, log: Logger): string {
  if (options.cred !== undefined) return options.cred;
  if (options.localConfig) return "db.cred";
  return join(
    etcDirectory((message) => log.warn(message)),
    "cred",
    "db.cred",
  );
}
