import fc from "fast-check";
import { expect, test } from "vitest";
import { Timeline } from "./timeline.ts";

test("things happen in order of time, and at one instant in the order they were scheduled", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 30 })), fc.nat({ max: 5 }), (times, later) => {
      const timeline = new Timeline();
      const happened: [number, number][] = [];
      const expected = times.map((atNs, i): [number, number] => [atNs, i]);
      times.forEach((atNs, i) => {
        timeline.call(atNs, () => {
          expect(timeline.nowNs).toBe(atNs);
          happened.push([atNs, i]);
          // What is scheduled meanwhile takes its place too.
          if (i < 3) timeline.call(atNs + later, () => happened.push([atNs + later, times.length + i]));
        });
      });
      for (const [atNs, i] of expected.slice(0, 3)) expected.push([atNs + later, times.length + i]);
      while (!timeline.isEmpty) {
        const { nextNs } = timeline;
        timeline.step();
        expect(timeline.nowNs).toBe(nextNs);
      }
      expect(timeline.nextNs).toBe(Number.POSITIVE_INFINITY);
      const inOrder = (list: [number, number][]) => [...list].sort((a, b) => a[0] - b[0]).map(([atNs]) => atNs);
      expect(happened.map(([atNs]) => atNs)).toEqual(inOrder(expected));
      // Those that were there from the beginning keep their order at each instant.
      const early = happened.filter(([, i]) => i < times.length);
      expect(early).toEqual(times.map((atNs, i) => [atNs, i]).sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!));
    }),
  );
});

test("the past cannot be scheduled, and nor can no instant at all", () => {
  const timeline = new Timeline();
  timeline.call(5, () => {});
  timeline.step();
  expect(() => timeline.call(4, () => {})).toThrow("cannot schedule");
  expect(() => timeline.call(Number.NaN, () => {})).toThrow("cannot schedule");
  timeline.call(5, () => {});
});

test("what is called off does not happen, and time does not go on to it", () => {
  const timeline = new Timeline();
  const happened: number[] = [];
  const due = (atNs: number) => ({ isCalledOff: false, run: () => void happened.push(atNs) });
  const dues = [7, 3, 9].map((atNs) => {
    const each = due(atNs);
    timeline.schedule(atNs, each);
    return each;
  });
  dues[1]!.isCalledOff = true;
  dues[2]!.isCalledOff = true;
  expect(timeline.nextNs).toBe(7);
  timeline.step();
  expect(timeline.isEmpty).toBe(true);
  expect(happened).toEqual([7]);
  expect(timeline.nowNs).toBe(7);
});
