import { expect, test } from "vitest";
import { type ConfigurationFiles, type FileOptions, findConfigurationFiles } from "./find-configuration-files.ts";

const XML = "/etc/trafMon/xml/tmon.xml";
const NEW = "/etc/trafMon/xml/tmon-new.xml";
const DIAG = "/etc/trafMon/diag/probe1.diag";
const both = ["./tmon_probe.diag", DIAG];

test.each<[string, Partial<FileOptions>, string[], ConfigurationFiles]>([
  ["nothing given", {}, [DIAG], { xml: XML, next: NEW, diag: DIAG }],
  ["nothing given, a local diag is not looked at", {}, both, { xml: XML, next: NEW, diag: DIAG }],
  ["no diag anywhere", {}, [], { xml: XML, next: NEW, diag: null }],
  ["-l", { local: true }, both, { xml: "./tmon.xml", next: "./tmon-new.xml", diag: "./tmon_probe.diag" }],
  ["-l without local diag", { local: true }, [DIAG], { xml: "./tmon.xml", next: "./tmon-new.xml", diag: DIAG }],
  ["-c alone watches nothing", { config: "a.xml" }, [DIAG], { xml: "a.xml", next: null, diag: DIAG }],
  ["-c with -n", { config: "a.xml", next: "b.xml" }, [], { xml: "a.xml", next: "b.xml", diag: null }],
  ["-n alone", { next: "b.xml" }, [], { xml: XML, next: "b.xml", diag: null }],
  ["-l with -n", { local: true, next: "b.xml" }, [], { xml: "./tmon.xml", next: "b.xml", diag: null }],
  ["-l with -c", { local: true, config: "a.xml" }, both, { xml: "a.xml", next: null, diag: "./tmon_probe.diag" }],
])("%s", (_, given, existing, files) => {
  const exists = (path: string) => existing.includes(path);
  expect(findConfigurationFiles({ program: "tmon_probe", name: "probe1", local: false, exists, ...given })).toEqual(
    files,
  );
});

test("the installed folder may be another", () => {
  const files = findConfigurationFiles({
    program: "p",
    name: "n",
    local: false,
    etcDirectory: "/etc/tmon",
    exists: () => false,
  });
  expect(files.xml).toBe("/etc/tmon/xml/tmon.xml");
});
