import { FLAGS, KIND_CLOCK, KIND_SHIFT, LENGTH, SECONDS } from "@trafmon/packet";
import { expect, test } from "vitest";
import { CaptureStage } from "./capture-stage.ts";
import { FileCapture } from "./file-capture.ts";
import { LiveRounds } from "./live-rounds.ts";

/** A source without frames that is as idle as a live one can be. */
class IdleSource extends FileCapture {
  readonly isIdle = true;

  constructor() {
    super([]);
  }
}

test("an idle capture tells the time four times a second, also after the clock was set back", () => {
  const stage = new CaptureStage({
    probe: "probe",
    interfaces: ["eth0"],
    classes: [],
    payload: [],
    followsTcp: false,
    copies: null,
    statisticsIntervalS: 60,
  });
  const rounds = new LiveRounds(new IdleSource(), stage, () => null);
  for (const ms of [9_000_000, 9_000_100, 9_000_250, 9_000_499, 5_000_000, 5_000_100, 5_000_250]) rounds.pass(ms);
  const told: number[] = [];
  for (let at = 0; at < stage.used; at += stage.batch[at + LENGTH]!) {
    if (stage.batch[at + FLAGS]! >>> KIND_SHIFT === KIND_CLOCK) told.push(stage.batch[at + SECONDS]!);
  }
  expect(told).toEqual([8999, 8999, 4999, 4999]);
});
