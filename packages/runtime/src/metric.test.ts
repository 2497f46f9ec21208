import { spawnSync } from "node:child_process";
import { unpackedTool } from "@trafmon/testkit";
import { expect, test } from "vitest";
import { Counters } from "./counters.ts";
import { counterMetrics, type Metric, metricsText, processMetrics } from "./metric.ts";

const promtool = unpackedTool("promtool");

/** What Prometheus' own parser and linter find wrong. */
function complaints(text: string): string {
  if (typeof promtool === "string") throw new Error(promtool);
  const { status, stdout, stderr } = spawnSync(promtool.path, ["check", "metrics"], { input: text, encoding: "utf8" });
  return status === 0 ? "" : `${status} ${stdout}${stderr}`;
}

const odd: Metric = {
  name: "trafmon_test_odd_seconds",
  type: "gauge",
  help: 'A \\ backslash,\na new line and "quotes".',
  samples: [
    { labels: { what: 'a "quoted" \\ word\nand more', other: "ü" }, value: 0.25 },
    { labels: { what: "infinite" }, value: Number.POSITIVE_INFINITY },
    { labels: { what: "nothing" }, value: Number.NaN },
  ],
};

test("names, units, help and odd characters are as written in the format's description", () => {
  expect(metricsText([odd, { ...odd, name: "trafmon_test_none", samples: [] }])).toBe(
    [
      '# HELP trafmon_test_odd_seconds A \\\\ backslash,\\na new line and "quotes".',
      "# TYPE trafmon_test_odd_seconds gauge",
      'trafmon_test_odd_seconds{what="a \\"quoted\\" \\\\ word\\nand more",other="ü"} 0.25',
      'trafmon_test_odd_seconds{what="infinite"} +Inf',
      'trafmon_test_odd_seconds{what="nothing"} NaN',
      "",
    ].join("\n"),
  );
});

test("counters, also by reason and by the end of their names, become metrics", () => {
  const counters = new Counters();
  counters.counter("datagrams").add(3);
  counters.counter("records_ipct").add(5);
  counters.counter("records_flow").add(7);
  counters.byReason("refused").add("too short", 2);
  const meanings = {
    datagrams: { help: "Datagrams." },
    records_: { help: "Records.", label: "type" },
    refused: { help: "Refused.", label: "reason" },
    bytes: { help: "Bytes.", as: "sent_bytes" },
  };
  const text = metricsText(counterMetrics("trafmon_test_", meanings, counters));
  expect(text.split("\n").filter((line) => !line.startsWith("#"))).toEqual([
    "trafmon_test_datagrams_total 3",
    'trafmon_test_records_total{type="flow"} 7',
    'trafmon_test_records_total{type="ipct"} 5',
    'trafmon_test_refused_total{reason="too short"} 2',
    "trafmon_test_sent_bytes_total 0",
    "",
  ]);
});

test.skipIf(typeof promtool === "string")("promtool has nothing to say against it, and would have", () => {
  expect(complaints(metricsText([odd, ...processMetrics("0.1.0")]))).toBe("");
  expect(complaints(metricsText([{ ...odd, name: "trafmon-odd" }]))).not.toBe("");
  expect(complaints(metricsText([{ ...odd, type: "counter" }]))).toContain("_total");
});
