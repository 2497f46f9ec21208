#!/usr/bin/env node
import { join, parse } from "node:path";
import {
  badOption,
  createLog,
  ETC_DIRECTORY,
  etcDirectory,
  type ProgramLog,
  Progress,
  readCommandLine,
  runProgram,
  systemClock,
} from "@trafmon/runtime";
import { chooseProbes } from "./ask/chosen-probes.ts";
import { ConnectedDatabase } from "./ask/connected-database.ts";
import { askCutHours } from "./ask/cut-hours.ts";
import type { VolumeQuestion } from "./ask/volume-question.ts";
import { exactBytes } from "./compose/figures.ts";
import { mailText, sendMail } from "./mail-report.ts";
import { makeVolumeReport, ownDefinition, questionsOf, volumeDefinition } from "./make-volume-report.ts";
import { periodAsked } from "./period.ts";
import { reportName } from "./report-name.ts";
import { ANY, type VolumeOptions, volumeReportProgram } from "./volume-options.ts";
import { writeReport } from "./write-report.ts";
import { Zone } from "./zone.ts";

await runProgram("trafMon_volumeReportGen", async (life) => {
  const { options } = readCommandLine<VolumeOptions>(volumeReportProgram(), life.args);
  if (options.source === "netflow" && options.class !== undefined)
    throw badOption("NetFlow records belong to no flow class: --class goes with --source probe only");
  const etcReports = join(ETC_DIRECTORY, "report");
  const definition =
    options.definition === undefined
      ? volumeDefinition(options.report, [options.reportTemplatesDirectory, etcReports])
      : ownDefinition(options.definition);
  const name = options.definition === undefined ? options.report : parse(options.definition).name;
  const nowMs = systemClock.wallMs();
  const period = periodAsked(options.startDate, options.endDate, new Zone(options.zone), nowMs);
  const programLog = createLog({ program: life.name, json: options.json, directory: options.logFileDirectory });
  life.useLog(programLog);
  noteBirt(options, programLog);

  const credentials =
    options.cred ??
    join(
      etcDirectory((text) => programLog.log.warn(text)),
      "cred",
      "db.cred",
    );
  const database = await ConnectedDatabase.open(credentials, options.db ?? null);
  try {
    const all: VolumeQuestion = {
      source: options.source,
      period,
      probes: null,
      flowClass: options.class ?? null,
      activity: chosen(options.activity),
      location: chosen(options.location),
      host: chosen(options.host),
    };
    const { byMinute: cutHours, whole } = await askCutHours(database, all);
    const question = {
      ...all,
      ...(await chooseProbes(database, all, options.probe)),
      cutHours,
      wholeHours: whole.length,
    };
    const questions = questionsOf(definition);
    const progress = new Progress({
      label: "asking the database",
      total: questions,
      unit: "questions",
      clock: systemClock,
    });
    let asked = 0;
    const report = await makeVolumeReport(database, question, definition, {
      site: options.site,
      top: Number(options.top),
      threshold: Number(options.threshold),
      generatedMs: nowMs,
      step: () => progress.update(++asked),
    });
    // A bar on a terminal; elsewhere nothing unless it takes long.
    if (process.stderr.isTTY) progress.finish(questions);
    const folder = options.destination ?? todaysFolder(nowMs);
    const fileName = reportName(name, question, options.probe);
    const written = await writeReport(report.model, folder, fileName, {
      createdAt: new Date(nowMs),
      compress: true,
      paper: options.paper,
      html: options.html,
    });
    const total = report.totalBytes;
    programLog.log.info({ database: database.name, total: String(total), ...written }, "report written");
    const { pdf, csv, html, csvNames } = written;
    if (options.mail !== undefined) {
      await sendMail({
        to: options.mail,
        from: options.mailFrom ?? null,
        subject: `${report.model.title}, ${report.model.subtitle}`,
        text: mailText(report.model),
        files: html === null ? [pdf] : [pdf, html],
      });
      programLog.log.info({ to: options.mail }, "report mailed");
    }
    const told = [
      pdf,
      ...(html === null ? [] : [html]),
      `${csv}/ (${csvNames.length} files)`,
      `total volume: ${exactBytes(total)}`,
    ];
    console.log(
      options.json
        ? JSON.stringify({
            pdf,
            ...(html === null ? {} : { html }),
            csv,
            totalBytes: String(total),
            ...(report.objectives === null ? {} : { objectives: report.objectives }),
          })
        : told.join("\n"),
    );
  } finally {
    await database.close();
  }
});

function chosen(name: string): string | null {
  return name === ANY ? null : name;
}

/** The default is relative to the day on this machine's own clock, as the original's was. */
function todaysFolder(nowMs: number): string {
  const now = new Date(nowMs);
  const two = (number: number) => String(number).padStart(2, "0");
  return join("/var/trafMon/reports", String(now.getFullYear()), two(now.getMonth() + 1), two(now.getDate()));
}

function noteBirt(options: VolumeOptions, { log }: ProgramLog): void {
  if (options.genReport_sh !== undefined) {
    log.info({ file: options.genReport_sh }, "BIRT is not used, its genReport.sh has no effect");
  }
}
