import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OWN_CAPTURES } from "../captures/capture-files.ts";
import { startProgram } from "../site/built-programs.ts";
import { TestSite } from "../site/test-site.ts";

let site: TestSite;

beforeAll(async () => {
  site = await TestSite.make({ probes: ["p"] });
});
afterAll(async () => {
  await site?.remove();
});

test("the collector's .diag file is followed while it runs, part by part", async () => {
  const folder = join(site.folder, "local");
  mkdirSync(folder);
  renameSync(site.xml, join(folder, "tmon.xml"));
  writeFileSync(join(folder, "tmon_collector.diag"), "all warn\n");
  const args = ["--json", "-l", "-L", site.programLogs, site.collectorName];
  const collector = startProgram("collector", args, ["env", `--chdir=${folder}`]);
  const log = () => readFileSync(join(site.programLogs, `tmon_collector_${site.collectorName}.log`), "utf8");
  const replay = async () => {
    const words = ["--json", "-c", join(folder, "tmon.xml"), "-r", OWN_CAPTURES[0]!.path, "--", "p"];
    const probe = startProgram("probe", words);
    await new Promise((resolve) => probe.once("exit", resolve));
  };
  await replay();
  expect(log()).not.toContain('"part":"receive"');
  writeFileSync(join(folder, "tmon_collector.diag"), "all warn\nreceive trace\n");
  const replayedLog = async () => {
    await replay();
    return log();
  };
  await expect.poll(replayedLog).toContain('"kind":"data"');
  expect(log()).not.toContain('"part":"write"');
  collector.kill("SIGTERM");
  await new Promise((resolve) => collector.once("exit", resolve));
});
