import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ledgerRows } from "../ledger/ledger-rows.ts";
import { parseScenario, readScenario } from "../scenario/read-scenario.ts";
import { makeCapture } from "../testing/made-capture.ts";
import { withFolder } from "../testing/temporary-folder.ts";
import { amountText, bytesText, durationText, rateText } from "./amount-text.ts";
import { foresee } from "./foresight.ts";
import { planText } from "./plan-text.ts";
import { checkRate, RateGuard } from "./rate-cap.ts";

const shipped = (name: string) => fileURLToPath(new URL(`../../../../etc/xml/${name}.xml`, import.meta.url));
const never = new AbortController().signal;

test.each(["worst-case", "mixed-services", "one-way-path"])("what is foreseen of %s is what is sent", (name) =>
  withFolder(async (folder) => {
    const scenario = readScenario(shipped(name));
    const foresight = foresee(scenario, Number.POSITIVE_INFINITY, never);
    const { ledger, printed } = await makeCapture(folder, shipped(name));
    const packets = ledgerRows(ledger, "packets").filter((row) => row.fate === "sent");
    const ofStream = (number: number) => packets.filter((row) => row.stream === String(number));
    expect(foresight.isWhole).toBe(true);
    expect(foresight.packets).toBe(packets.length);
    expect(foresight.streams.map((each) => each.packets)).toEqual(
      scenario.traffic.map(({ number }) => ofStream(number).length),
    );
    expect(foresight.ipBytes).toBe(packets.reduce((sum, row) => sum + Number(row.bytes), 0));
    const start = BigInt(scenario.startAt.s) * 1_000_000_000n;
    const seconds = new Map<bigint, number>();
    for (const row of packets) {
      const second = (BigInt(row.instant_ns!) - start) / 1_000_000_000n;
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
    }
    expect(foresight.peakPacketsPerS).toBe(Math.max(...seconds.values()));
    // The plan that was printed is cut off at a million packets, which none of these have.
    expect(printed).toContain(planText(scenario, foresight, "").split("\n").at(-2)!);
  }),
);

test("of what goes on for ever, one cycle is foreseen; of what is long, a part", () => {
  const text = readFileSync(shipped("worst-case"), "utf8");
  const whole = foresee(parseScenario(text, "s.xml"), Number.POSITIVE_INFINITY, never);
  const endless = foresee(parseScenario(text.replace('cycles="2"', 'cycles="forever"'), "s.xml"), 1e9, never);
  expect(endless.isWhole).toBe(false);
  // Two cycles differ by chance only.
  expect(Math.abs(endless.packets * 2 - whole.packets) / whole.packets).toBeLessThan(0.05);
  const part = foresee(parseScenario(text, "s.xml"), 5000, never);
  expect(part.isWhole).toBe(false);
  expect(part.packets).toBeLessThan(whole.packets / 2);
});

test("rates beyond the cap are refused, foreseen or not", () => {
  const cap = { packetsPerS: 10, bitsPerS: 8000 };
  checkRate(cap, 10, 8000);
  expect(() => checkRate(cap, 11, 9000)).toThrow("11 packets/s where 10 are allowed, and 9 kbit/s where 8 kbit/s");
  const guard = new RateGuard(cap);
  for (let i = 0; i < 30; i++) guard.add(i * 1e8, 100);
  expect(() => guard.add(2.95e9, 100)).toThrow(expect.objectContaining({ code: "TRAFGEN_RATE_REFUSED" }));
  expect(() => new RateGuard(cap).add(0, 1001)).toThrow("8.008 kbit/s");
});

test.each([
  [amountText(1_234_567), "1 234 567"],
  [amountText(12), "12"],
  [rateText(999), "999 bit/s"],
  [rateText(12_345_678), "12.35 Mbit/s"],
  [durationText(0), "0 ns"],
  [durationText(1_500_000), "1500 us"],
  [durationText(90e9), "90 s"],
  [durationText(150e9), "2.5 min"],
  [bytesText(10_239), "10 239 bytes"],
  [bytesText(5 * 1024 ** 2), "5120 KiB"],
])("%s reads %s", (text, expected) => {
  expect(text).toBe(expected);
});
