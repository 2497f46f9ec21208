#!/usr/bin/env node
import { join } from "node:path";
import {
  type Connection,
  connect,
  NamedLock,
  readCredentials,
  registeredInstances,
  TEMPLATE_DATABASE,
} from "@trafmon/database";
import {
  createLog,
  defineProgram,
  EXIT,
  etcDirectory,
  Progress,
  readCommandLine,
  runProgram,
  systemClock,
} from "@trafmon/runtime";
import { loaderError } from "./errors.ts";
import { compareDatabases } from "./rebuild/compare-databases.ts";
import { rebuild } from "./rebuild/rebuild.ts";
import { swapDatabases, trySwap } from "./rebuild/swap-databases.ts";
import { toldResult } from "./rebuild/told-result.ts";

interface Options {
  readonly path: readonly [string, ...string[]];
  readonly into: string;
  readonly swap?: string;
  readonly logsOnly: boolean;
  readonly localConfig?: boolean;
  readonly logFileDirectory: string;
  readonly db?: string;
  readonly cred?: string;
  readonly template: string;
}

/** apply_retention is done with flows by then, or something is wrong. */
const FLOWS_LOCK_WAIT_S = 600;

function programOf() {
  return defineProgram({
    name: "trafMon_rebuild",
    summary:
      "Makes a database anew from the log files that the loader has kept, and compares it with the one there is.",
    examples: [
      { command: "trafMon_rebuild --into trafMon_new", meaning: "Make it and compare, changing nothing:" },
      {
        command: "trafMon_rebuild --into trafMon_new --swap trafMon_before",
        meaning: "Put it in the other's place, whose tables go to trafMon_before:",
      },
    ],
    notes:
      "Exit codes: 0 done and the same; 64 a database to be made exists already; 65 they differ, or something was refused;\n" +
      "69 server unavailable; 75 a loader is at work on the database, or its feed was changed; 77 no permission.",
  })
    .option("-p, --path <folder...>", "folders of loaders, whose loaded/ keep the logs", ["/var/trafMon/collector/"])
    .requiredOption("--into <name>", "runtime database to make")
    .option("--swap <name>", "put the new tables in the old ones' place, and the old ones into this new database")
    .option(
      "--logs-only",
      "believe the logs alone: take no older measurements over, only tell which would be missing",
      false,
    )
    .option("-l, --localConfig", "read db.cred in the current folder instead of /etc/trafMon/cred/db.cred")
    .option("-L, --logFileDirectory <folder>", "folder of this program's own log", "/var/trafMon/log/")
    .option("-d, --db <name>", "runtime database to compare with (default: the one that db.cred names)")
    .option("--cred <file>", "read this file instead of db.cred")
    .option("--template <name>", "template database", TEMPLATE_DATABASE);
}

await runProgram("trafMon_rebuild", async (life) => {
  const { options } = readCommandLine<Options>(programOf(), life.args);
  const programLog = createLog({ program: life.name, json: options.json, directory: options.logFileDirectory });
  life.useLog(programLog);
  const { log } = programLog;
  const local = options.localConfig === true ? "db.cred" : null;
  const cred =
    options.cred ??
    local ??
    join(
      etcDirectory((message) => log.warn(message)),
      "cred",
      "db.cred",
    );
  const credentials = readCredentials(cred);
  const database = options.db ?? credentials.database;
  const { template, into, path, logsOnly } = options;
  if (into === database) throw loaderError("LOADER_NOT_EMPTY", `cannot rebuild ${database} into itself`);
  const swap = options.swap === undefined ? null : { template, database, rebuilt: into, aside: options.swap };
  const connections: Connection[] = [];
  const another = async () => {
    const made = await connect(credentials, { database: null });
    connections.push(made);
    made.on("error", () => {});
    return made;
  };
  try {
    const connection = await another();
    const secondConnection = await another();
    if (!(await registeredInstances(connection, template)).includes(database)) {
      throw loaderError("LOADER_NO_DATABASE", `cannot compare with ${database}: ${template} does not know it`);
    }
    // On a connection of its own, because the new database's lock is taken as well.
    const locking = await another();
    const lock = new NamedLock(locking, "trafMon_loader", database);
    if (!(await lock.take(1))) {
      throw loaderError("LOADER_BUSY", `cannot rebuild ${database}: a loader is at work on it`);
    }
    if (swap !== null) await trySwap(connection, swap);
    let progress: Progress | null = null;
    const result = await rebuild({
      connection,
      secondConnection,
      template,
      into,
      from: database,
      logsOnly,
      paths: path,
      workFolder: join(path[0], "rebuilding"),
      clock: systemClock,
      log,
      onDay: (done, total) => {
        progress ??= new Progress({ label: "rebuilding", total, unit: "days", clock: systemClock });
        progress.update(done);
      },
    });
    (progress as Progress | null)?.finish();
    const differences = await compareDatabases(connection, database, into);
    process.stdout.write(toldResult(result, differences, { database, into, logsOnly }));
    const torn = result.older.some((each) => each.torn.length > 0);
    if (swap !== null) {
      if (torn && !logsOnly) {
        throw loaderError(
          "LOADER_TORN_DAYS",
          `cannot put ${into} in the place of ${database}: each lacks a part of days`,
        );
      }
      // Keeps apply_retention away meanwhile, too.
      const flowsLock = new NamedLock(locking, "trafMon_flows", database);
      if (!(await lock.isOurs(connection)) || !(await flowsLock.take(FLOWS_LOCK_WAIT_S))) {
        throw loaderError("LOADER_LOCK_LOST", `cannot put ${into} in the place of ${database}: others may work on it`);
      }
      await swapDatabases(connection, swap);
      process.stdout.write(`${database} has the new tables, ${swap.aside} the old ones\n`);
    }
    const refused = result.linesRejected + result.filesRejected + result.filesWaiting + result.damaged.length;
    return differences.length + refused > 0 ? EXIT.DATA_REJECTED : EXIT.DONE;
  } finally {
    for (const each of connections) await each.end().catch(() => each.destroy());
  }
});
