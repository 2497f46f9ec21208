import { expect, test } from "vitest";
import type { VolumeQuestion } from "./ask/volume-question.ts";
import { periodOf } from "./period.ts";
import { detailFolder, reportName } from "./report-name.ts";
import { Zone } from "./zone.ts";

const ALL: VolumeQuestion = {
  source: "probe",
  period: periodOf("2026-10-01", "2026-10-31", new Zone("UTC")),
  probes: null,
  flowClass: null,
  activity: null,
  location: null,
  host: null,
};

test("plain reports have plain names", () => {
  expect(reportName("manager", ALL, undefined)).toBe("trafMon_manager_2026-10-01_2026-10-31");
  expect(reportName("manager", { ...ALL, activity: "Office" }, ["p1"])).toBe(
    "trafMon_manager_2026-10-01_2026-10-31_probe-p1_activity-Office",
  );
});

test("reports on different traffic never share a name, however their filters are written", () => {
  const alike = [
    { activity: "A/B" },
    { activity: "A-B" },
    { activity: "A B" },
    { activity: "A", location: null, host: null, flowClass: "x" },
    { activity: "a", flowClass: "x" },
    { activity: "x".repeat(128), location: `${"y".repeat(127)}1` },
    { activity: "x".repeat(128), location: `${"y".repeat(127)}2` },
    { activity: "A_location-B" },
    { activity: "A", location: "B" },
  ].map((filters) => reportName("manager", { ...ALL, ...filters }, undefined));
  expect(new Set(alike).size).toBe(alike.length);
});

test("a name fits into a file system with what follows it", () => {
  const name = reportName("manager", { ...ALL, activity: "\u042f".repeat(128), location: "\u{1F310}".repeat(128) }, [
    "\u6771".repeat(64),
  ]);
  expect(Buffer.byteLength(`${name}_csv.part`)).toBeLessThanOrEqual(255);
  // No half of a letter is left at the end.
  expect(Buffer.from(name).toString()).toBe(name);
});

test("detail reports that are narrowed have a folder of their own, and do not replace the whole ones", () => {
  const period = periodOf("2026-03-02", "2026-03-08", new Zone("UTC"));
  expect(detailFolder(period)).toBe("2026-03-02_2026-03-08");
  expect(detailFolder(period, ["edge"], "telemetry")).toBe("2026-03-02_2026-03-08_probe-edge_class-telemetry");
  expect(detailFolder(period, undefined, "a/b")).toMatch(/^2026-03-02_2026-03-08_class-a-b_[0-9a-f]{10}$/);
  const athens = periodOf("2026-03-02", "2026-03-08", new Zone("Europe/Athens"));
  expect(detailFolder(athens)).toBe("2026-03-02_2026-03-08_Europe-Athens");
});
