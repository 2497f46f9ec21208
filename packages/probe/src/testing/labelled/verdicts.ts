import { FLAG_DUPLICATE, FLAGS, KIND_PACKET, KIND_SHIFT, LENGTH, LINK_ETHERNET } from "@trafmon/packet";
import { Analysis } from "../../analysis/analysis.ts";
import type { CaptureSource } from "../../capture/capture-source.ts";
import { CaptureStage } from "../../capture/capture-stage.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "../analysis-settings.ts";
import { KeptObservations } from "../kept-observations.ts";
import type { LabelledFrame } from "./mirror.ts";

/** How many frames of a pattern, label and kind there were, and how many of them were taken for copies. */
export interface Outcome {
  frames: number;
  takenForCopies: number;
}

const START_S = 1_700_000_000;

/** Labelled frames as a source for the capture stage; notes the label of each that it gives. */
class LabelledSource implements CaptureSource {
  bytes: Uint8Array = new Uint8Array(0);
  readonly offset = 0;
  capturedBytes = 0;
  wireBytes = 0;
  readonly linkType = LINK_ETHERNET;
  readonly interfaceNumber = 0;
  seconds = 0;
  nanos = 0;
  readonly isBadTime = false;
  readonly given: LabelledFrame[] = [];
  readonly #frames: Iterator<LabelledFrame>;

  constructor(frames: Iterable<LabelledFrame>) {
    this.#frames = frames[Symbol.iterator]();
  }

  next(): boolean {
    const { done, value } = this.#frames.next();
    if (done) return false;
    this.given.push(value);
    this.bytes = value.frame;
    this.capturedBytes = this.wireBytes = value.frame.length;
    this.seconds = START_S + Math.floor(value.atNs / 1e9);
    this.nanos = value.atNs % 1e9;
    return true;
  }

  async open(): Promise<void> {}
  async fill(): Promise<boolean> {
    return false;
  }
  takeDrops(): readonly [] {
    return [];
  }
  async close(): Promise<void> {}
}

/** Told of each frame with the record it became, after the analysis. */
export type Witness = (frame: LabelledFrame, words: Int32Array, at: number) => void;

/** Runs labelled frames through capture and analysis; gives what became of them, by pattern and label. */
export function verdictsOn(
  frames: Iterable<LabelledFrame>,
  witness: Witness = () => {},
): {
  readonly outcomes: Map<string, Outcome>;
  readonly kept: KeptObservations;
} {
  const classes = [flowClass({ measure: ALL_MEASUREMENTS })];
  const settings = analysisSettings(classes, { maxFlows: 200_000, maxConnections: 200_000 });
  const kept = new KeptObservations();
  const analysis = new Analysis(settings, { sink: kept, serviceOf: () => null });
  const stage = new CaptureStage({
    probe: "north",
    interfaces: ["eth0", "eth1"],
    classes,
    payload: [[]],
    followsTcp: true,
    copies: { windowNs: settings.probe.duplicateWindowMs * 1e6, tapGroupOf: [0, 1] },
    statisticsIntervalS: 60,
  });
  const source = new LabelledSource(frames);
  const outcomes = new Map<string, Outcome>();
  for (let isMore = true; isMore; ) {
    isMore = stage.collect(source);
    if (!isMore) stage.putEnd();
    analysis.consume(stage.batch, 0, stage.used);
    tally(outcomes, stage.batch, stage.used, source.given.splice(0), witness);
    stage.used = 0;
  }
  analysis.finish();
  return { outcomes, kept };
}

function tally(
  outcomes: Map<string, Outcome>,
  words: Int32Array,
  used: number,
  given: readonly LabelledFrame[],
  witness: Witness,
): void {
  let number = 0;
  for (let at = 0; at < used; at += words[at + LENGTH]!) {
    const flags = words[at + FLAGS]!;
    if (flags >>> KIND_SHIFT !== KIND_PACKET) continue;
    const frame = given[number++]!;
    witness(frame, words, at);
    const { pattern, label } = frame;
    const key = `${pattern}: ${label}`;
    const outcome = outcomes.get(key) ?? { frames: 0, takenForCopies: 0 };
    outcome.frames++;
    if (flags & FLAG_DUPLICATE) outcome.takenForCopies++;
    outcomes.set(key, outcome);
  }
  if (number !== given.length) throw new Error(`${number} records of ${given.length} frames`);
}
