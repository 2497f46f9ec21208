#!/usr/bin/env node
import { createLog, EXIT, type ExitCode, type ProgramLife, runProgram } from "@trafmon/runtime";
import { readFtpgenOptions } from "./ftpgen-options.ts";
import { Ledger } from "./ledger/ledger.ts";
import { FtpLoad, type FtpLoadPlan } from "./play/ftp/ftp-load.ts";
import { dataModeOf } from "./play/ftp/ftp-session.ts";
import { LoadReport } from "./play/ftp/load-report.ts";
import { type LocalFile, makeLocalFile, openLocalFile } from "./play/ftp/local-file.ts";
import { resolveHost } from "./play/resolve-host.ts";
import { RunClock } from "./play/run-clock.ts";
import { familyOf } from "./send/socket-options.ts";

await runProgram("ftpgen", async (life: ProgramLife): Promise<ExitCode> => {
  const options = readFtpgenOptions(life.args, process.env);
  life.useLog(createLog({ program: life.name, json: options.json }));
  const { direction, file, connections, repeat, remote, timeoutMs, tos, source } = options;
  if (options.makeFileBytes !== null) makeLocalFile(file, options.makeFileBytes);
  const local: LocalFile | null = direction === "put" ? openLocalFile(file) : null;
  const address = await resolveHost(options.host, options.family);
  const clock = new RunClock();
  const ledger = options.ledger === null ? null : new Ledger({ folder: options.ledger, start: clock.start });
  const report = new LoadReport(options, local, address, (text) => process.stdout.write(text));
  const plan: FtpLoadPlan = {
    server: { address, port: options.port },
    login: options,
    connections,
    transfersEach: repeat,
    request: (connection) => ({
      command: direction === "put" ? "STOR" : "RETR",
      path: remote.replaceAll("%n", String(connection)),
      mode: dataModeOf(options.mode, familyOf(address)),
      ...(local !== null && { source: local.content() }),
    }),
  };
  report.begin();
  const { stopping } = life;
  const settings = { timeoutMs, tos, localAddress: source, stopping };
  const load = new FtpLoad(plan, { clock, ledger }, settings, (transfer) => report.add(transfer));
  let summary: Awaited<ReturnType<FtpLoad["run"]>> | null = null;
  try {
    summary = await load.run();
  } finally {
    ledger?.close({ program: life.name, wasStopped: stopping.aborted, ...summary });
  }
  report.end(summary);
  if (summary.failed > 0) return EXIT.SERVER_UNAVAILABLE;
  return summary.aborted > 0 ? EXIT.TRY_AGAIN : EXIT.DONE;
});
