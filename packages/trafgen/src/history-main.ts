#!/usr/bin/env node
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ProgramLife, Progress, runProgram, systemClock } from "@trafmon/runtime";
import { trafgenError } from "./errors.ts";
import { writeHistory } from "./history/history.ts";
import { readHistoryOptions } from "./history/history-options.ts";
import { DAY_S } from "./history/span.ts";

await runProgram("trafgen_history", async (life: ProgramLife) => {
  const todayS = Math.floor(systemClock.wallMs() / 1000 / DAY_S) * DAY_S;
  const { json, ...plan } = readHistoryOptions(life.args, todayS);
  if (existsSync(join(plan.folder, "logs")))
    throw trafgenError("TRAFGEN_HISTORY_EXISTS", `cannot write a history into ${plan.folder}: it holds one already`);
  const days = (plan.untilS - plan.fromS) / DAY_S;
  const progress = new Progress({ label: "writing", total: days, unit: "days", clock: systemClock });
  const result = writing(plan.folder, () =>
    writeHistory(plan, (done) => {
      if (!json) progress.update(done);
    }),
  );
  if (!json) progress.finish(days);
  const told = { days, records: result.records, logs: result.logFolder, truth: join(plan.folder, "truth.json") };
  const text = `${days} synthetic days, ${result.records} records in ${result.logFolder}; totals and faults in ${told.truth}`;
  process.stdout.write(`${json ? JSON.stringify(told) : text}\n`);
});

/** @throws {CodedError} TRAFGEN_HISTORY_UNWRITABLE */
function writing<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw trafgenError("TRAFGEN_HISTORY_UNWRITABLE", `cannot write a history into ${folder}: ${code}`, error);
  }
}
