import { FakeClock } from "@trafmon/runtime";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteGate } from "./byte-gate.ts";
import { RateGate } from "./rate-gate.ts";

const never = new AbortController().signal;

test("never more than the rate in any second, in the order in which they came, and as soon as may be", () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 120 }),
      async (mostPerS, gapsMs) => {
        const clock = new FakeClock();
        const gate = new RateGate(clock, mostPerS);
        const passed: { readonly number: number; readonly atMs: number; readonly cameMs: number }[] = [];
        for (const [number, gapMs] of gapsMs.entries()) {
          await clock.run(gapMs);
          const cameMs = clock.monotonicMs();
          void gate.pass(never).then((may) => {
            expect(may).toBe(true);
            passed.push({ number, atMs: clock.monotonicMs(), cameMs });
          });
        }
        await clock.run((gapsMs.length / mostPerS + 2) * 1000);
        expect(passed.map(({ number }) => number)).toEqual(gapsMs.map((_, number) => number));
        for (const [i, { atMs, cameMs }] of passed.entries()) {
          const earlier = passed[i - mostPerS];
          // The exact answer: when it came, or a second after the one that many before it, whichever is later.
          expect(atMs).toBe(Math.max(cameMs, passed[i - 1]?.atMs ?? 0, (earlier?.atMs ?? -1000) + 1000));
        }
      },
    ),
    { numRuns: 60 },
  ));

test("who waits is let go when the run is stopped", async () => {
  const clock = new FakeClock();
  const gate = new RateGate(clock, 1);
  const stopping = new AbortController();
  expect(await gate.pass(stopping.signal)).toBe(true);
  const waiting = gate.pass(stopping.signal);
  stopping.abort();
  expect(await waiting).toBe(false);
  expect(clock.pendingTimers).toBe(0);
});

test("bytes begun over any time are those of the rate, of one second more, and of the last chunk", () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 8, max: 80_000 }),
      fc.array(fc.tuple(fc.nat({ max: 20_000 }), fc.nat({ max: 3000 })), { minLength: 1, maxLength: 40 }),
      async (bitsPerS, chunks) => {
        const clock = new FakeClock();
        const gate = new ByteGate(clock, bitsPerS);
        const moved: { readonly atMs: number; readonly bytes: number }[] = [];
        const mover = (async () => {
          for (const [bytes, restMs] of chunks) {
            await gate.settled(never);
            gate.spend(bytes);
            moved.push({ atMs: clock.monotonicMs(), bytes });
            if (restMs > 0) await new Promise<void>((resolve) => clock.after(restMs, resolve));
          }
        })();
        await clock.run(40 * (20_000 / (bitsPerS / 8) + 4) * 1000);
        await mover;
        const perMs = bitsPerS / 8 / 1000;
        for (const [from, first] of moved.entries()) {
          let sum = 0;
          for (const { atMs, bytes } of moved.slice(from)) {
            expect(sum).toBeLessThanOrEqual((atMs - first.atMs + 1000) * perMs + 1e-6);
            sum += bytes;
          }
        }
      },
    ),
    { numRuns: 30 },
  ));
