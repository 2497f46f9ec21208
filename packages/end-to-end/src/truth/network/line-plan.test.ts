import { expect, test } from "vitest";
import { type Impairment, LinePlan } from "./line-plan.ts";

const fates = (impairment: Impairment, seed: number, count = 20_000) => {
  const plan = new LinePlan(impairment, seed);
  return Array.from({ length: count }, () => plan.next());
};

test("the same seed meets every packet with the same fate", () => {
  const impairment = { loss: 0.1, duplicate: 0.1, reorder: 0.1, jitterMs: 5 };
  expect(fates(impairment, 7)).toEqual(fates(impairment, 7));
  expect(fates(impairment, 7)).not.toEqual(fates(impairment, 8));
});

test("nothing asked for, nothing done", () => {
  expect(new Set(fates({}, 1).map((fate) => JSON.stringify(fate)))).toEqual(
    new Set([JSON.stringify({ copies: 1, spoiltAt: null, delayMs: 0, overtaking: 0 })]),
  );
});

test("shares come about, within five standard deviations", () => {
  const count = 20_000;
  const all = fates({ loss: 0.02, duplicate: 0.01, reorder: 0.05, overtaking: 2 }, 3, count);
  const isNear = (found: number, share: number) =>
    expect(Math.abs(found - share * count)).toBeLessThan(5 * Math.sqrt(share * (1 - share) * count));
  isNear(all.filter(({ copies }) => copies === 0).length, 0.02);
  isNear(all.filter(({ copies }) => copies === 2).length, 0.01);
  isNear(all.filter(({ overtaking }) => overtaking === 2).length, 0.05);
});

test("another impairment leaves those that are lost the same", () => {
  const lost = (impairment: Impairment) => fates(impairment, 5).map(({ copies }) => copies === 0);
  expect(lost({ loss: 0.02 })).toEqual(lost({ loss: 0.02, reorder: 0.3, jitterMs: 10 }));
});
