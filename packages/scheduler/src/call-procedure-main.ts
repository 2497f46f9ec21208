#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { callRoutine, connect, readCredentials, TEMPLATE_DATABASE } from "@trafmon/database";
import { badOption, createLog, etcDirectory, readCommandLine, runProgram } from "@trafmon/runtime";
import { type ProcedureCall, readCall, readCalls } from "./call/calls.ts";
import { type CallOptions, callProcedureProgram } from "./call/options.ts";
import { resultLines } from "./call/result-lines.ts";
import { schedulerError } from "./errors.ts";

await runProgram("trafMon_callProcedure", async (life) => {
  const { options, operands } = readCommandLine<CallOptions>(callProcedureProgram(), life.args);
  if ((operands.length === 0) === (options.from === undefined))
    throw badOption("either a procedure or --from is needed");
  const programLog = createLog({ program: life.name, json: options.json, directory: options.logFileDirectory });
  life.useLog(programLog);
  const { log } = programLog;
  const inEtc = () =>
    join(
      etcDirectory((text) => log.warn(text)),
      "cred",
      "db.cred",
    );
  const credentials = readCredentials(options.cred ?? (options.localConfig ? "db.cred" : inEtc()));
  const database = options.db ?? credentials.database;
  const calls = options.from === undefined ? [callOf(operands, database)] : callsIn(options.from, database);
  if (calls.length === 0) return void log.info({ file: options.from }, "nothing to call");
  // Not into the database itself: before the first load there is none, and the procedures say so themselves.
  const connection = await connect(credentials, { database: null });
  try {
    for (const { procedure, values } of calls) {
      const { resultSets, warnings } = await callRoutine(connection, TEMPLATE_DATABASE, procedure, values, {
        datesAsText: true,
      });
      for (const { message } of warnings) {
        log.warn({ procedure }, message);
        process.stderr.write(`${life.name}: ${procedure}: ${message}\n`);
      }
      log.info({ procedure, values }, "procedure done");
      for (const line of resultSets.flatMap(resultLines)) process.stdout.write(`${line}\n`);
    }
  } finally {
    await connection.end();
  }
});

function callOf(words: readonly string[], database: string): ProcedureCall {
  const call = readCall(words, database);
  if (typeof call === "string") throw badOption(call);
  return call;
}

/** @throws {CodedError} SCHEDULER_CALLS_INVALID */
function callsIn(path: string, database: string): ProcedureCall[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw schedulerError("SCHEDULER_CALLS_INVALID", `cannot read ${path}: ${(error as Error).message}`, error);
  }
  const { calls, faults } = readCalls(text, database);
  if (faults.length > 0) throw schedulerError("SCHEDULER_CALLS_INVALID", `cannot use ${path}: ${faults.join("; ")}`);
  return calls;
}
