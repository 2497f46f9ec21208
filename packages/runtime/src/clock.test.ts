import { expect, test } from "vitest";
import { instantOf, sleep, systemClock } from "./clock.ts";
import { FakeClock } from "./fake-clock.ts";

test("timers of the fake clock fire in order of their instant, also those set while it moves", () => {
  const clock = new FakeClock(1_000_000);
  const fired: string[] = [];
  clock.after(30, () => fired.push(`c@${clock.monotonicMs()}`));
  clock.after(10, () => {
    fired.push(`a@${clock.monotonicMs()}`);
    clock.after(5, () => fired.push(`b@${clock.monotonicMs()}`));
  });
  const callOff = clock.every(20, () => fired.push(`e@${clock.monotonicMs()}`));
  clock.after(12, () => fired.push("never"))();
  clock.advance(40);
  expect(fired).toEqual(["a@10", "b@15", "e@20", "c@30", "e@40"]);
  callOff();
  clock.advance(100);
  expect(fired).toHaveLength(5);
  expect(clock.wallMs()).toBe(1_000_140);
  expect(clock.pendingTimers).toBe(0);
});

test("an instant is whole seconds and nanoseconds", () => {
  expect(instantOf(new FakeClock(1_700_000_000_123))).toEqual({ s: 1_700_000_000, nanos: 123_000_000 });
});

test("sleep ends at its time, or when stopping", async () => {
  const clock = new FakeClock();
  const stopping = new AbortController();
  let woken = 0;
  const count = () => {
    woken++;
  };
  void sleep(clock, 50).then(count);
  void sleep(clock, 1000, stopping.signal).then(count);
  await clock.run(60);
  expect(woken).toBe(1);
  stopping.abort();
  await clock.run(0);
  expect(woken).toBe(2);
  expect(clock.pendingTimers).toBe(0);
});

test("a delay longer than Node's timers take does not fire at once", async () => {
  let fired = false;
  const callOff = systemClock.after(2 ** 31 + 1000, () => {
    fired = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  callOff();
  expect(fired).toBe(false);
});
