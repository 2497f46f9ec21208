import { expect, test } from "vitest";
import { Beginnings } from "./beginnings.ts";

const probe = { name: "p", relay: null };
const a = { name: "a/p", relay: "a" };
const b = { name: "b/p", relay: "b" };

test("a probe is believed at once", () => {
  expect(new Beginnings().note(probe, "r", 7, ["p", "a/p"])).toBe(7);
});

test("the only collector that brings a run is believed at once", () => {
  expect(new Beginnings().note(a, "r", 7, ["a/p"])).toBe(7);
});

test("of several the one that has more decides, once all have spoken", () => {
  const beginnings = new Beginnings();
  expect(beginnings.note(a, "r", 500, ["p", "a/p", "b/p"])).toBeNull();
  expect(beginnings.note(b, "r", 300, ["p", "a/p", "b/p"])).toBeNull();
  expect(beginnings.note(probe, "r", 400, ["p", "a/p", "b/p"])).toBe(400);
  expect(beginnings.note(a, "r", 500, ["p", "a/p", "b/p"])).toBe(300);
  // Of another run nothing is known yet.
  expect(beginnings.note(a, "s", 500, ["p", "a/p", "b/p"])).toBeNull();
  beginnings.forget("r");
  expect(beginnings.note(a, "r", 500, ["a/p", "b/p"])).toBeNull();
});
