import fc from "fast-check";
import { expect, test } from "vitest";
import { RecordPool } from "./record-pool.ts";
import { TimerWheel } from "./timer-wheel.ts";

test("every timer goes off at its second, or at the first turn after it, and none twice", () => {
  const timer = fc.record({ at: fc.nat(9000), after: fc.integer({ min: 1, max: 9000 }), isUnset: fc.boolean() });
  fc.assert(
    fc.property(fc.array(timer, { maxLength: 60 }), fc.array(fc.integer({ min: 1, max: 6000 })), (timers, steps) => {
      const pool = new RecordPool(6, 1000);
      const wheel = new TimerWheel(pool, { next: 1, previous: 2, dueS: 3 });
      const due = new Map<number, number>();
      const waiting = [...timers].sort((a, b) => a.at - b.at);
      let nowS = 1000;
      for (const step of [...steps, 30_000]) {
        while (waiting[0] !== undefined && waiting[0].at <= nowS - 1000) {
          const { after, isUnset } = waiting.shift()!;
          const slot = pool.take();
          wheel.setNoLater(slot, nowS + after, nowS);
          if (isUnset) wheel.unset(slot);
          else due.set(slot, nowS + after);
        }
        nowS += step;
        wheel.turnTo(nowS, (slot) => {
          const dueS = due.get(slot)!;
          // The wheel may ask early about what lies beyond its span; whoever owns the timer then sets it again.
          if (dueS > nowS) wheel.setNoLater(slot, dueS, nowS);
          else due.delete(slot);
        });
        for (const dueS of due.values()) expect(dueS).toBeGreaterThan(nowS);
      }
    }),
  );
});

test("a timer moves forward, never back", () => {
  const pool = new RecordPool(6, 10);
  const wheel = new TimerWheel(pool, { next: 1, previous: 2, dueS: 3 });
  const slot = pool.take();
  wheel.setNoLater(slot, 200, 100);
  wheel.setNoLater(slot, 150, 100);
  wheel.setNoLater(slot, 300, 100);
  const fired: number[] = [];
  wheel.turnTo(149, () => fired.push(149));
  wheel.turnTo(150, () => fired.push(150));
  wheel.turnTo(400, () => fired.push(400));
  expect(fired).toEqual([150]);
});
