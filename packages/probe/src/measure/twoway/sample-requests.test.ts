import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analysedCapture } from "../../testing/analysed-capture.ts";
import { ALL_MEASUREMENTS, flowClass } from "../../testing/analysis-settings.ts";

/** What clients said when the sample captures were made (samples/TRUTH.md). */
interface Scene {
  readonly name: string;
  readonly captures: readonly { readonly file: string; readonly tap: string }[];
  readonly actions: readonly Readonly<Record<string, string | number>>[];
}

const SAMPLES = join(import.meta.dirname, "../../../../../samples");
const scenes: readonly Scene[] = JSON.parse(readFileSync(join(SAMPLES, "truth.json"), "utf8")).scenes;
const { twoWayDelays, transactions } = ALL_MEASUREMENTS;

describe.each(scenes)("$name", ({ captures, actions }) => {
  const sum = (what: string, field: string) =>
    actions.reduce((total, each) => total + (String(each.what).startsWith(what) ? Number(each[field] ?? 0) : 0), 0);

  test("as many pings and answers as ping itself counted, as many pages as were fetched", async () => {
    const { file } = captures.find(({ tap }) => tap === "office")!;
    const kept = await analysedCapture(join(SAMPLES, file), [flowClass({ measure: { twoWayDelays, transactions } })]);
    const counted = (protocol: string, column: "requests" | "replied") =>
      kept.of("twoway").reduce((total, each) => total + (each.protocol === protocol ? each[column] : 0), 0);
    expect([counted("icmp", "requests"), counted("icmp", "replied")]).toEqual([
      sum("ping", "sent"),
      sum("ping", "received"),
    ]);
    const pages = actions.filter(({ what }) => String(what).startsWith("http "));
    const codes = pages.map(({ code }) => String(code)).sort();
    const found = kept.of("trans").filter(({ protocol }) => protocol === "http");
    expect(found.map(({ status }) => status).sort()).toEqual(codes);
  });
});
