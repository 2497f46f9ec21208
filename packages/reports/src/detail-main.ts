#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { basename, isAbsolute, join, parse } from "node:path";
import { createLog, etcDirectory, Progress, readCommandLine, runProgram, systemClock } from "@trafmon/runtime";
import { ALL_PROBES, probeNumbers } from "./ask/chosen-probes.ts";
import { ConnectedDatabase } from "./ask/connected-database.ts";
import { askCoverage } from "./ask/coverage.ts";
import { parsePatterns } from "./ask/detail/address-patterns.ts";
import type { DetailAsking } from "./ask/detail/detail-asking.ts";
import { periodWords } from "./compose/calendar.ts";
import { DETAIL_PROTOCOLS } from "./compose/detail/catalogue.ts";
import { detailReport } from "./compose/detail/report.ts";
import { plural } from "./compose/figures.ts";
import { parseDefinition } from "./define/definition.ts";
import { findDefinition } from "./define/find-definition.ts";
import { type DetailOptions, detailReportProgram } from "./detail-options.ts";
import { reportsError } from "./errors.ts";
import { sendMail } from "./mail-report.ts";
import { detailFolder } from "./report-name.ts";
import { gridOf } from "./time-grid.ts";
import { timespanAsked } from "./timespan.ts";
import { writeReport } from "./write-report.ts";
import { Zone } from "./zone.ts";

/** Hours of a week can still be told apart in a chart. */
const MOST_DAYS_BY_HOUR = 8;

await runProgram("trafMon_detailReportGen", async (life) => {
  const names = DETAIL_PROTOCOLS.map(({ name }) => name);
  const { options } = readCommandLine<DetailOptions>(detailReportProgram(names), life.args);
  const nowMs = systemClock.wallMs();
  const zone = new Zone(options.zone);
  const asked = { start: options.startDate, end: options.endDate, name: options.timespan };
  const { period, name: timespan } = timespanAsked(asked, zone, nowMs);
  const programLog = createLog({ program: life.name, json: options.json, directory: options.logFileDirectory });
  life.useLog(programLog);
  const { log } = programLog;
  if (options.genReport_sh !== undefined) {
    log.info({ file: options.genReport_sh }, "BIRT is not used, its genReport.sh has no effect");
  }
  const etc = options.localConfig ? "." : etcDirectory((text) => log.warn(text));
  const patternFile = fileOf(options.filename, options.localConfig ? "." : join(etc, "report"));
  const patterns = parsePatterns(read(patternFile), patternFile);
  const { path, text } = findDefinition("detail", [options.reportTemplatesDirectory, join(etc, "report")]);
  const definition = parseDefinition(text, path, names, false);
  const credentials = options.cred ?? (options.localConfig ? "db.cred" : join(etc, "cred", "db.cred"));

  const database = await ConnectedDatabase.open(credentials, options.db ?? null);
  try {
    const probes =
      options.probe === undefined || options.probe.includes(ALL_PROBES)
        ? null
        : await probeNumbers(database, options.probe);
    const flowClass = options.class ?? null;
    const noFilter = { activity: null, location: null, host: null };
    const coverage = await askCoverage(database, { source: "probe", period, probes, flowClass, ...noFilter }, period);
    const grid = gridOf(period, MOST_DAYS_BY_HOUR);
    const asking: DetailAsking = {
      database,
      scope: { patterns, period, probes, flowClass, most: options.most },
      grid,
      live: new Set([...coverage.liveSeconds.keys()].map((hour) => grid.keyOf(hour))),
    };
    const root = parse(basename(patternFile)).name;
    const folder = join(options.destination, root, timespan, detailFolder(period, options.probe, options.class));
    const wanted = definition.sections.filter(({ name }) => options.only?.includes(name) ?? true);
    const progress = new Progress({
      label: "making reports",
      total: wanted.length,
      unit: "reports",
      clock: systemClock,
    });
    const made: { name: string; title: string; pdf: string; html: string | null; csv: string; instances: number }[] =
      [];
    for (const { name, title, intro } of wanted) {
      const known = DETAIL_PROTOCOLS.find((each) => each.name === name)!;
      const protocol = { ...known, title: title ?? known.title, intro: intro ?? known.intro };
      const report = await detailReport(protocol, asking, coverage, {
        site: options.site,
        patternsName: basename(patternFile),
        timespan,
        generatedMs: nowMs,
      });
      const written = await writeReport(report, folder, protocol.name, {
        createdAt: new Date(nowMs),
        compress: true,
        paper: options.paper,
        html: options.html,
      });
      const { pdf, html, csv } = written;
      made.push({
        name: protocol.name,
        title: protocol.title,
        pdf,
        html,
        csv,
        instances: report.sections.filter(({ level }) => level === 2).length,
      });
      progress.update(made.length);
    }
    if (process.stderr.isTTY) progress.finish(wanted.length);
    log.info({ database: database.name, folder, reports: made.length }, "detail reports written");
    if (options.mail !== undefined) {
      const title = `Detail reports ${root}, ${periodWords(period)}`;
      const lines = made.map(({ title: of, instances }) => `- ${of}: ${plural(instances, "instance")} with pages`);
      await sendMail({
        to: options.mail,
        from: options.mailFrom ?? null,
        subject: title,
        text: [title, "", ...lines, "", `All files, CSV too: ${folder}`, ""].join("\n").replaceAll("\u00a0", " "),
        files: made.flatMap(({ pdf, html }) => (html === null ? [pdf] : [pdf, html])),
      });
      log.info({ to: options.mail }, "reports mailed");
    }
    console.log(
      options.json
        ? JSON.stringify({ folder, reports: made })
        : made.flatMap(({ pdf, html }) => (html === null ? [pdf] : [pdf, html])).join("\n"),
    );
  } finally {
    await database.close();
  }
});

function fileOf(name: string, folder: string): string {
  return isAbsolute(name) ? name : join(folder, name);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw reportsError("REPORTS_NO_PATTERN_FILE", `cannot read the patterns: ${(cause as Error).message}`, cause);
  }
}
