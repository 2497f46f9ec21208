import { expect, test } from "vitest";
import { readFormatOptions } from "./options.ts";

test("without options it is SiLK at its usual places, into the collector's folder", () => {
  expect(readFormatOptions([])).toMatchObject({
    source: "silk",
    netflowdata: "/var/silk/data/",
    silkbin: "/usr/local/bin/",
    collectordata: "/var/trafMon/collector/",
    logFileDirectory: "/var/log/trafMon/",
    activeTimeout: 1800,
    name: "netflow",
    again: false,
  });
  expect(readFormatOptions(["--source", "nfdump"])).toMatchObject({
    netflowdata: "/var/cache/nfdump/",
    silkbin: "/usr/bin/",
  });
});

test("the documented options, short and long", () => {
  const words = "-H 2 -S 2026/03/01:00 -E 2026/03/01:23 -N /n -D /d -C /c -s /s -L /l".split(" ");
  const long =
    "--hour 2 --dateStart 2026/03/01:00 --dateEnd 2026/03/01:23 --netflowdata /n --collectordata /d --silkconfig /c --silkbin /s --logFileDirectory /l".split(
      " ",
    );
  expect(readFormatOptions(words)).toMatchObject({
    hour: 2,
    dateStart: "2026/03/01:00",
    dateEnd: "2026/03/01:23",
    netflowdata: "/n",
    collectordata: "/d",
    silkconfig: "/c",
    silkbin: "/s",
    logFileDirectory: "/l",
  });
  expect(readFormatOptions(long)).toEqual(readFormatOptions(words));
});

test.each([
  [["-H", "0"], /whole number from 1/],
  [["--source", "ntop"], /Allowed choices are silk, nfdump/],
  [["--name", "a/b"], /letters, digits/],
  [["--source", "nfdump", "--sampling-rate", "10"], /nfcapd multiplies/],
  [["now"], /too many arguments/],
])("%j is refused", (args, message) => {
  expect(() => readFormatOptions(args)).toThrow(message);
});
