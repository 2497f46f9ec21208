import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressText } from "@trafmon/observation";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readExporters } from "../ask/exporters.ts";
import { FormattedFolder } from "../testing/formatted-folder.ts";
import { writeSilkTools } from "../testing/silk-tools.ts";
import { readSilkSensors } from "./silk-sensors.ts";
import { SilkSource } from "./silk-source.ts";

const HOUR = Date.UTC(2026, 10, 21, 12) / 3_600_000;
const SITE = `version 2
sensor 0 S0 "the core"
sensor 300 edge   # the edge
class all
  sensors S0 edge
end class
`;

let folder: FormattedFolder;
let tools: string;
beforeEach(() => {
  folder = new FormattedFolder();
  tools = mkdtempSync(join(tmpdir(), "tm-silk-"));
  writeSilkTools(tools);
  writeFileSync(join(tools, "silk.conf"), SITE);
});
afterEach(() => {
  folder.remove();
  rmSync(tools, { recursive: true });
});

/** Stores flows `sensor, sTime, packets, bytes` under an hour. */
function store(
  hour: number,
  ...flows: readonly (readonly [sensor: number, startS: number, packets: number, bytes: number])[]
) {
  const iso = new Date(hour * 3_600_000).toISOString();
  const day = join(folder.flows, iso.slice(0, 10).replaceAll("-", "/"));
  mkdirSync(day, { recursive: true });
  const lines = flows.map(
    ([sensor, startS, packets, bytes]) =>
      `${sensor},all/in,10.0.0.1,2001:db8::1,1234,53,17,${packets},${bytes},0,${startS}.250,${startS + 1}.500,1,2\n`,
  );
  writeFileSync(join(day, iso.slice(11, 13)), lines.join(""));
}

function format(first: number, end: number, exporterWords: string[] = [], rateWords: string[] = []) {
  const siteConfig = join(tools, "silk.conf");
  const exporters = readExporters(exporterWords, rateWords, readSilkSensors(siteConfig));
  return folder.format(first, end, {
    source: new SilkSource({
      root: folder.flows,
      siteConfig,
      binaries: tools,
      activeMs: 1_800_000,
      samplingRate: (sensor) => exporters.samplingRateOf(sensor),
    }),
    exporters,
  });
}

test("hours of a repository become files by hour and sensor", async () => {
  store(HOUR - 1, [0, HOUR * 3600 - 5, 99, 9999]);
  store(HOUR, [0, HOUR * 3600, 1, 100], [300, HOUR * 3600 + 3599, 2, 200]);
  store(HOUR + 1, [0, HOUR * 3600 + 3600, 4, 400]);
  expect(await format(HOUR, HOUR + 2)).toMatchObject({ flows: 3, packets: 7n, bytes: 700n, filesWritten: 3 });
  expect(folder.records().map(({ record: r }) => [addressText(r.exporter), r.packets, r.first_nanos])).toEqual([
    ["0.0.0.0", 1, 250_000_000],
    ["0.0.0.0", 4, 250_000_000],
    ["0.0.1.44", 2, 250_000_000],
  ]);
});

test("sensors get the addresses and sampling rates that the command line gives them by name or number", async () => {
  store(HOUR, [0, HOUR * 3600, 1, 100], [300, HOUR * 3600, 2, 200]);
  expect(await format(HOUR, HOUR + 1, ["S0=192.0.2.1", "300=2001:db8::ff"], ["10", "edge=100"])).toMatchObject({
    packets: 210n,
    bytes: 21_000n,
  });
  expect(folder.records().map(({ record: r }) => [addressText(r.exporter), r.packets, r.sampling_rate])).toEqual([
    ["192.0.2.1", 1, 10],
    ["2001:db8::ff", 2, 100],
  ]);
});

test.each([
  [["S9=192.0.2.1"], [], /S9 is neither an address nor a sensor/],
  [["S0"], [], /NAME=ADDRESS/],
  [[], ["S0=0"], /from 1 to 1000000/],
])("exporters %j with rates %j are refused", async (exporters, rates, message) => {
  await expect(async () => await format(HOUR, HOUR + 1, exporters as string[], rates as string[])).rejects.toThrow(
    message as RegExp,
  );
});

test("a tool that fails stops the run with its words, and nothing is written", async () => {
  store(HOUR, [0, HOUR * 3600, 1, 100]);
  writeFileSync(join(tools, "rwfilter"), '#!/bin/sh\necho "rwfilter: Permission denied" >&2\nexit 1\n');
  await expect(format(HOUR, HOUR + 1)).rejects.toThrow(/rwfilter ended with 1, rwfilter: Permission denied/);
  expect(folder.names).toEqual([]);
});

test("a tool that is missing is named", async () => {
  rmSync(join(tools, "rwcut"));
  await expect(format(HOUR, HOUR + 1)).rejects.toThrow(/cannot run .*rwcut/);
});

test("other columns than those asked for are refused", async () => {
  store(HOUR, [0, HOUR * 3600, 1, 100]);
  writeFileSync(join(tools, "rwcut"), "#!/bin/sh\ncat > /dev/null\necho 'sIP|dIP|bytes'\n");
  await expect(format(HOUR, HOUR + 1)).rejects.toThrow(/cannot use rwcut's columns: sIP\|dIP\|bytes/);
});
