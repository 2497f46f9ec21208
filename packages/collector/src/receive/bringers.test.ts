import { FakeClock } from "@trafmon/runtime";
import { beforeEach, expect, test } from "vitest";
import { Bringers } from "./bringers.ts";

const RUN = "aa".repeat(8);
const SENDERS = ["p", "site/p"];
const LOST_BY_SITE = new Set(["site/p"]);
let clock: FakeClock;
let sessions: { sender: string; heardMs: number }[];
let beginnings: Map<string, number>;
let bringers: Bringers;

beforeEach(() => {
  clock = new FakeClock();
  sessions = [];
  beginnings = new Map();
  bringers = new Bringers({
    clock,
    sessionsOf: () => sessions,
    beginningOf: (_run, sender) => beginnings.get(sender) ?? null,
  });
  bringers.noteRun(RUN);
});

const hear = (sender: string) => {
  sessions = [...sessions.filter((each) => each.sender !== sender), { sender, heardMs: clock.monotonicMs() }];
};
const mayBring = (through: number, sequence: number, missedBy: ReadonlySet<string>) =>
  bringers.mayBring(RUN, through, sequence, SENDERS, missedBy);

test("what one sender lost is waited for as long as another is heard", () => {
  for (let i = 0; i < 5; i++) {
    hear("p");
    clock.advance(20_000);
    expect(mayBring(4, 5, LOST_BY_SITE)).toBe(true);
  }
  clock.advance(20_000);
  expect(mayBring(4, 5, LOST_BY_SITE)).toBe(false);
});

test("nobody is waited for who lost it too, or holds only what comes behind", () => {
  hear("p");
  hear("site/p");
  expect(mayBring(4, 5, new Set(SENDERS))).toBe(false);
  beginnings.set("p", 6);
  expect(mayBring(4, 5, LOST_BY_SITE)).toBe(false);
  beginnings.set("p", 5);
  expect(mayBring(4, 5, LOST_BY_SITE)).toBe(true);
});

test("a sender that has not spoken yet is given the time to", () => {
  hear("site/p");
  expect(mayBring(4, 5, LOST_BY_SITE)).toBe(true);
  clock.advance(30_000);
  expect(mayBring(4, 5, LOST_BY_SITE)).toBe(false);
});

test("patience ends, however alive the other sender is, and the run waits no more", () => {
  for (let i = 0; i < 12; i++) {
    hear("p");
    expect(mayBring(4, 5, LOST_BY_SITE)).toBe(true);
    clock.advance(10_000);
  }
  hear("p");
  expect(mayBring(4, 5, LOST_BY_SITE)).toBe(false);
  expect(mayBring(9, 10, LOST_BY_SITE)).toBe(false);
});

test("what came in time begins the patience anew", () => {
  for (let i = 0; i < 60; i++) {
    hear("p");
    expect(mayBring(i, i + 1, LOST_BY_SITE)).toBe(true);
    clock.advance(10_000);
  }
});
