#!/usr/bin/env node
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createLog, EXIT, etcDirectory, readCommandLine, runProgram, systemClock } from "@trafmon/runtime";
import { CAPTURE_BINARY } from "./check/capture-library.ts";
import { examine } from "./examine.ts";
import { findingText, sorted } from "./finding.ts";
import { type DoctorOptions, doctorProgram } from "./options.ts";

const LAUNCHER = "/opt/trafMon/libexec/tmon_capture";

await runProgram("trafMon_doctor", async (life) => {
  const { options } = readCommandLine<DoctorOptions>(doctorProgram(), life.args);
  const programLog = createLog({ program: life.name, json: options.json });
  life.useLog(programLog);
  const etc = etcDirectory((text) => programLog.log.warn(text));
  const installed = join(etc, "cred", "db.cred");
  const findings = sorted(
    await examine({
      configurationFile: options.config ?? join(etc, "xml", "tmon.xml"),
      probes: options.probe ?? null,
      collectors: options.collector ?? null,
      credentialsFile: options.cred ?? (existsSync(installed) ? installed : null),
      database: options.db ?? null,
      template: options.template,
      silentAfterMs: options.silentMinutes * 60_000,
      clock: systemClock,
      captureBinary: CAPTURE_BINARY,
      launcher: LAUNCHER,
      network: "/sys/class/net",
    }),
  );
  const count = (severity: string) => findings.filter((each) => each.severity === severity).length;
  const shown = findings.filter(({ severity }) => options.verbose || severity !== "good");
  if (options.json) process.stdout.write(shown.map((each) => `${JSON.stringify(each)}\n`).join(""));
  else {
    const summary = `${count("fault")} faults, ${count("warning")} warnings, ${count("good")} things in order`;
    process.stdout.write(`${[...shown.map(findingText), summary].join("\n")}\n`);
  }
  return findings.find(({ severity }) => severity === "fault")?.exitCode ?? EXIT.DONE;
});
