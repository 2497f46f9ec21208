import { expect, test } from "vitest";
import { SourceClock } from "./source-clock.ts";

function after(maxStepS: number, ...seconds: number[]): SourceClock {
  const clock = new SourceClock(maxStepS);
  for (const s of seconds) clock.see(s, 5);
  return clock;
}

test("the clock is the highest timestamp seen", () => {
  expect(after(60, 100, 130, 120).s).toBe(130);
});

test("one packet far ahead moves nothing", () => {
  const clock = after(60, 100, 4_000_000_000, 101, 4_000_000_000, 102);
  expect(clock.s).toBe(102);
  expect(clock.refusedLeaps).toBe(2);
});

test("a leap that further packets confirm is believed", () => {
  const clock = after(60, 100, 90_000, 90_001, 90_002);
  expect(clock.s).toBe(90_002);
  expect(clock.refusedLeaps).toBe(0);
});

test("in traffic so sparse that every packet is a leap, each is believed when two more have followed", () => {
  expect(after(60, 100, 10_000, 20_000).s).toBe(100);
  expect(after(60, 100, 10_000, 20_000, 30_000).s).toBe(10_000);
  expect(after(60, 100, 10_000, 20_000, 30_000, 40_000).s).toBe(20_000);
  expect(after(60, 100, 10_000, 20_000, 30_000, 30_001).s).toBe(30_001);
});

test("it is wrong once a thousand instants in a row were far behind", () => {
  const clock = after(60, 100_000);
  const seeBehind = (times: number, s: number) => {
    for (let time = 0; time < times; time++) clock.see(s, time);
  };
  seeBehind(999, 99_000);
  clock.see(99_990, 0);
  seeBehind(999, 99_000);
  expect([clock.s, clock.isWrong]).toEqual([100_000, false]);
  clock.advance(99_000, 0);
  expect(clock.isWrong).toBe(true);
  clock.setBack(99_000, 0);
  clock.see(99_001, 0);
  expect([clock.s, clock.isWrong, clock.setBacks]).toEqual([99_001, false, 1]);
});

test("packets far ahead that go back and forth confirm nothing", () => {
  expect(after(60, 100, 40_000, 10_000, 30_000, 20_000).s).toBe(100);
});
