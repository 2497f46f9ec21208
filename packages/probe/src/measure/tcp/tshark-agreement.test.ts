import { describe, expect, test } from "vitest";
import { captureName, realCaptures, sampleCaptures } from "../../testing/capture-collections.ts";
import { definitionsTable, frameNumbers, frameText } from "../../testing/definitions-page.ts";
import { frameVerdicts } from "../../testing/frame-verdicts.ts";
import { SEGMENT_WORDS, type SegmentWord, tsharkSegments, tsharkVersion } from "../../testing/tshark-analysis.ts";
import type { SegmentVerdict } from "./segment-verdict.ts";

/** tshark changes its mind between versions; the table was made with this one. */
const MADE_WITH = /^4\.0\./;
const version = tsharkVersion();

/** What the probe says of a segment, in the words both have. */
const SAYS: { readonly [word in SegmentWord]: (verdict: SegmentVerdict) => boolean } = {
  retransmission: ({ isRetransmission, isSynRepeat, isFinRepeat }) => isRetransmission || isSynRepeat || isFinRepeat,
  "out of order": ({ isOutOfOrder }) => isOutOfOrder,
  "keep-alive": ({ isKeepAlive }) => isKeepAlive,
  "window probe": ({ isZeroWindowProbe }) => isZeroWindowProbe,
  "zero window": ({ isZeroWindow }) => isZeroWindow,
  "duplicate ACK": ({ isDuplicateAck }) => isDuplicateAck,
};

interface Judged {
  /** Frames by what tshark and the probe say, where they differ. */
  readonly differences: Map<string, number[]>;
  /** Frames where both give a round trip, and not the same. */
  readonly otherRtt: number[];
  readonly sameRtt: number;
  readonly agreed: number;
}

async function judge(path: string): Promise<Judged> {
  const ours = new Map<number, { readonly words: string; readonly rttNs: number }>();
  await frameVerdicts(path, (frame, verdict) => {
    const words = verdict === null ? ["copy"] : SEGMENT_WORDS.filter((word) => SAYS[word](verdict));
    ours.set(frame, { words: words.join(", ") || "nothing", rttNs: verdict?.rttNs ?? -1 });
  });
  const theirs = tsharkSegments(path);
  const segmentOf = new Map(theirs.map((each) => [each.frame, each]));
  const judged = { differences: new Map<string, number[]>(), otherRtt: [] as number[], sameRtt: 0, agreed: 0 };
  for (const { frame, words, ackRttNs, acksFrame } of theirs) {
    const says = words.join(", ") || "nothing";
    const own = ours.get(frame) ?? { words: "inside a tunnel", rttNs: -1 };
    if (says === own.words) judged.agreed += words.length;
    else if (says !== "nothing" || own.words !== "inside a tunnel") {
      const key = `${says} | ${own.words}`;
      judged.differences.set(key, [...(judged.differences.get(key) ?? []), frame]);
    }
    const acked = acksFrame === null ? undefined : segmentOf.get(acksFrame);
    if (ackRttNs === null || own.rttNs < 0 || acked === undefined || acked.payloadBytes === 0) continue;
    if (ackRttNs === own.rttNs) judged.sameRtt++;
    else judged.otherRtt.push(frame);
  }
  return judged;
}

/** The rows of a capture in the page's table, frames by what is said. */
function expectedDifferences(capture: string): { [says: string]: string } {
  const rows = definitionsTable("### Where tshark says something else").filter(([name]) => name === capture);
  const frames = new Map<string, number[]>();
  for (const [, numbers, tshark, probe] of rows) {
    const key = `${tshark} | ${probe}`;
    frames.set(key, [...(frames.get(key) ?? []), ...frameNumbers(numbers!)]);
  }
  return Object.fromEntries(
    [...frames].map(([key, numbers]) => [key, frameText(numbers.sort((a, b) => a - b))]).sort(),
  );
}

function expectedRtts(capture: string): string {
  const rows = definitionsTable("### Where tshark measures another round trip").filter(([name]) => name === capture);
  return frameText(rows.flatMap(([, numbers]) => frameNumbers(numbers!)).sort((a, b) => a - b));
}

describe.skipIf(version === null || !MADE_WITH.test(version))(`tshark 4.0 (here: ${version})`, () => {
  test.each([...sampleCaptures, ...realCaptures].map((path) => [captureName(path), path]))(
    "%s: each segment on which we differ stands in docs/tcp-definitions.md, with the reason",
    async (name, path) => {
      const { differences, otherRtt } = await judge(path);
      const found = [...differences].map(([key, frames]) => [key, frameText(frames)] as const).sort();
      expect(Object.fromEntries(found)).toEqual(expectedDifferences(name));
      expect(frameText(otherRtt)).toBe(expectedRtts(name));
    },
    60_000,
  );

  test("on the samples we agree more than a thousand times, and on thousands of round trips to the nanosecond", async () => {
    let [agreed, sameRtt] = [0, 0];
    for (const path of sampleCaptures) {
      const judged = await judge(path);
      agreed += judged.agreed;
      sameRtt += judged.sameRtt;
    }
    expect(agreed).toBeGreaterThan(1000);
    expect(sameRtt).toBeGreaterThan(4000);
  });
});

test("the table names only captures there are", () => {
  const names = [...sampleCaptures, ...realCaptures].map(captureName);
  const rows = definitionsTable("### Where tshark says something else");
  const inRepository = rows.filter(([name]) => /\.(office|centre)\./.test(name!));
  for (const [name] of realCaptures.length > 0 ? rows : inRepository) expect(names).toContain(name);
  expect(rows.length).toBeGreaterThan(20);
});
