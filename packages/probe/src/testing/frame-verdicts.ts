import {
  FLAG_DUPLICATE,
  FLAG_INNER,
  FLAG_TRANSPORT,
  FLAGS,
  FRAGMENT_OFFSET,
  KIND_PACKET,
  KIND_SHIFT,
  LENGTH,
  PROTOCOL_TOS_TTL,
} from "@trafmon/packet";
import { Analysis } from "../analysis/analysis.ts";
import { CaptureStage } from "../capture/capture-stage.ts";
import { FileCapture } from "../capture/file-capture.ts";
import { SingleFrame } from "../explain/single-frame.ts";
import type { SegmentVerdict } from "../measure/tcp/segment-verdict.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "./analysis-settings.ts";
import { KeptObservations } from "./kept-observations.ts";

const TCP = 6;

/**
 * Replays a capture file, and tells what the analysis made of each TCP segment whose header is whole, with the number of
 * its frame; null of a copy of an earlier frame. Returns all observations.
 */
export async function frameVerdicts(
  path: string,
  onSegment: (frame: number, verdict: SegmentVerdict | null) => void,
  { findsCopies = true } = {},
): Promise<KeptObservations> {
  const kept = new KeptObservations();
  const classes = [flowClass({ measure: ALL_MEASUREMENTS })];
  const settings = analysisSettings(classes, { maxStepS: 1_000_000 });
  const analysis = new Analysis(settings, { sink: kept, serviceOf: () => null });
  const stage = new CaptureStage({
    probe: "north",
    interfaces: settings.interfaces.map(({ name }) => name),
    classes,
    payload: [[]],
    copies: !findsCopies ? null : { windowNs: 10e6, tapGroupOf: settings.interfaces.map((_, index) => index) },
    followsTcp: false,
    statisticsIntervalS: 60,
  });
  const capture = new FileCapture([{ path, interfaceNumber: 0 }]);
  const single = new SingleFrame(capture);
  await capture.open();
  do {
    while (capture.next()) {
      single.show();
      stage.used = 0;
      stage.collect(single);
      const words = stage.batch;
      for (let at = 0; at < stage.used; at += words[at + LENGTH]!) {
        analysis.consume(words, at, at + words[at + LENGTH]!);
        const isCopy = (words[at + FLAGS]! & FLAG_DUPLICATE) !== 0;
        if (isSegment(words, at)) onSegment(capture.frameNumber, isCopy ? null : analysis.segmentVerdict);
      }
    }
  } while (await capture.fill());
  await capture.close();
  analysis.finish();
  return kept;
}

function isSegment(words: Int32Array, at: number): boolean {
  const flags = words[at + FLAGS]!;
  return (
    flags >>> KIND_SHIFT === KIND_PACKET &&
    (words[at + PROTOCOL_TOS_TTL]! & 0xff) === TCP &&
    (flags & FLAG_TRANSPORT) !== 0 &&
    (flags & FLAG_INNER) === 0 &&
    words[at + FRAGMENT_OFFSET] === 0
  );
}
