import { type ObservationSink, observationTypes, type RecordOf } from "@trafmon/observation";
import {
  COPY_AGE,
  FLAG_COPY,
  FLAG_DUPLICATE,
  FLAG_TRANSPORT,
  FLAGS,
  INTERFACE,
  KIND_PACKET,
  KIND_SHIFT,
  LENGTH,
  NANOS,
  PAYLOAD_BYTES,
  SECONDS,
  TCP_ACKNOWLEDGEMENT,
  TCP_FLAGS_WINDOW,
  TCP_OPTIONS,
  TCP_SACK,
  TCP_SEQUENCE,
} from "@trafmon/packet";
import type { FlowClassSettings, Measurements } from "@trafmon/settings";
import { Analysis, type AnalysisSettings } from "../analysis/analysis.ts";
import { CaptureStage } from "../capture/capture-stage.ts";
import type { CopyPlan } from "../capture/copy-plan.ts";
import type { FileCapture } from "../capture/file-capture.ts";
import type { ServiceLookup } from "../classify/service-lookup.ts";
import type { SegmentVerdict } from "../measure/tcp/segment-verdict.ts";
import { type EqualFrame, EqualFrames } from "./equal-frames.ts";
import { type Endpoint, FlowFilter, type FlowName } from "./flow-text.ts";
import { SingleFrame } from "./single-frame.ts";

const ACK = 0x10;
const SYN = 0x02;

const EVERYTHING = { header: "outer", match: { kind: "any" } } as const;

export type ConnectionRecord = RecordOf<typeof observationTypes.tcpcx>;

/** A segment of the connection, and what the analysis made of it. */
export interface TracedSegment {
  readonly path: string;
  /** Number of its frame in the file, from 1. */
  readonly frame: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly interfaceNumber: number;
  readonly from: "left" | "right";
  /** The nine TCP flags, FIN = 1. */
  readonly flags: number;
  /** Relative to the initial sequence number; where no SYN was seen, the first byte seen is 1. */
  readonly sequence: number;
  /** null without ACK. */
  readonly acknowledgement: number | null;
  readonly payloadBytes: number;
  /** As in the header, not scaled. */
  readonly window: number;
  /** Edges relative to the other side's initial sequence number, left and right in turn. */
  readonly sack: readonly number[];
  /** A copy of an earlier frame, as mirror ports make them: what it says is left out. */
  readonly isCopy: boolean;
  /** An earlier frame that it equals, copy or not; null: none within the window in which copies are looked for. */
  readonly equals: EqualFrame | null;
  /** null: no more than the ports was captured, or it is a copy. Holds during the call only. */
  readonly verdict: SegmentVerdict | null;
}

export interface SegmentTraceParts {
  readonly flow: FlowName;
  readonly settings: AnalysisSettings;
  readonly serviceOf: ServiceLookup;
  readonly copies: CopyPlan | null;
  readonly onSegment: (segment: TracedSegment) => void;
  /** Told of each record of the connection when it is written: time after the last segment it counts. */
  readonly onRecord: (record: ConnectionRecord) => void;
}

/**
 * Follows one connection through capture files, with the analysis of the probe. All other packets only move its clock,
 * because no class takes them.
 */
export class SegmentTrace {
  readonly #parts: SegmentTraceParts;
  readonly #filter: FlowFilter;
  readonly #analysis: Analysis;
  readonly #written: ConnectionRecord[] = [];
  readonly #frames = new EqualFrames();
  /** What sequence numbers are shown relative to, once known. */
  readonly #initial: { left: number | null; right: number | null } = { left: null, right: null };

  constructor(parts: SegmentTraceParts) {
    this.#parts = parts;
    this.#filter = new FlowFilter(parts.flow);
    const settings = { ...parts.settings, flowClasses: [explainedClass(parts.settings, parts.flow)] };
    this.#analysis = new Analysis(settings, { sink: this.#sink(), serviceOf: parts.serviceOf });
  }

  /** Reads the files to their end. @throws {CodedError} PROBE_CAPTURE_FILE_UNREADABLE */
  async run(capture: FileCapture): Promise<void> {
    const { probe, interfaces } = this.#parts.settings;
    const stage = new CaptureStage({
      probe: probe.name,
      interfaces: interfaces.map(({ name }) => name),
      classes: [EVERYTHING],
      payload: [[]],
      followsTcp: false,
      copies: this.#parts.copies,
      statisticsIntervalS: 60,
    });
    const single = new SingleFrame(capture);
    await capture.open();
    try {
      do {
        while (capture.next()) {
          single.show();
          stage.used = 0;
          stage.collect(single);
          this.#take(stage.batch, stage.used, capture);
        }
      } while (await capture.fill());
    } finally {
      await capture.close();
    }
    this.#analysis.finish();
    this.#tell(() => true);
  }

  /** Takes the records of one frame. */
  #take(words: Int32Array, until: number, capture: FileCapture): void {
    for (let at = 0; at < until; at += words[at + LENGTH]!) {
      if (words[at + FLAGS]! >>> KIND_SHIFT !== KIND_PACKET) continue;
      this.#analysis.consume(words, at, at + words[at + LENGTH]!);
      const from = this.#filter.senderOf(words, at);
      // What ended before this segment stands before it, what ended with it behind.
      const isEarlier = ({ ended_s, ended_nanos }: ConnectionRecord) =>
        ended_s < words[at + SECONDS]! >>> 0 || ended_nanos < words[at + NANOS]!;
      this.#tell(from === null ? () => true : isEarlier);
      if (from === null) continue;
      this.#parts.onSegment(this.#segment(words, at, from, capture));
      this.#tell(() => true);
    }
  }

  /** Passes on the records written so far of which this is true. */
  #tell(isDue: (record: ConnectionRecord) => boolean): void {
    for (const record of this.#written.splice(0)) {
      if (isDue(record)) this.#parts.onRecord(record);
      else this.#written.push(record);
    }
  }

  #segment(words: Int32Array, at: number, from: "left" | "right", capture: FileCapture): TracedSegment {
    const hasHeader = (words[at + FLAGS]! & FLAG_TRANSPORT) !== 0;
    const isCopy = (words[at + FLAGS]! & FLAG_DUPLICATE) !== 0;
    const verdict = hasHeader && !isCopy ? this.#analysis.segmentVerdict : null;
    const flags = hasHeader ? words[at + TCP_FLAGS_WINDOW]! & 0x1ff : 0;
    const to = from === "left" ? "right" : "left";
    const [sequence, acknowledgement] = [words[at + TCP_SEQUENCE]!, words[at + TCP_ACKNOWLEDGEMENT]!];
    if (hasHeader) {
      const isNewSyn = (flags & SYN) !== 0 && verdict?.isSynRepeat === false;
      if (isNewSyn) this.#initial[from] = sequence;
      else this.#initial[from] ??= sequence - 1;
      if (flags & ACK) this.#initial[to] ??= acknowledgement - 1;
    }
    const ownInitial = this.#initial[from] ?? 0;
    const otherInitial = this.#initial[to] ?? 0;
    const blocks = hasHeader ? words[at + TCP_OPTIONS]! >>> 24 : 0;
    const face = {
      path: capture.path,
      frame: capture.frameNumber,
      seconds: words[at + SECONDS]! >>> 0,
      nanos: words[at + NANOS]!,
      from,
      flags,
      sequence: hasHeader ? relative(sequence, ownInitial) : 0,
      acknowledgement: flags & ACK ? relative(acknowledgement, otherInitial) : null,
      payloadBytes: words[at + PAYLOAD_BYTES]! >>> 0,
      isCopy,
    };
    const equals = words[at + FLAGS]! & FLAG_COPY ? this.#frames.of(face, words[at + COPY_AGE]!) : null;
    this.#frames.note(face, equals !== null);
    return {
      ...face,
      interfaceNumber: words[at + INTERFACE]!,
      window: hasHeader ? words[at + TCP_FLAGS_WINDOW]! >>> 16 : 0,
      sack: Array.from({ length: 2 * blocks }, (_, edge) => relative(words[at + TCP_SACK + edge]!, otherInitial)),
      equals,
      verdict,
    };
  }

  #sink(): ObservationSink {
    return {
      writerOf: (type) => ({
        write: (record) => {
          if (type.name !== observationTypes.tcpcx.name) return;
          const connection = record as unknown as ConnectionRecord;
          if (isOfFlow(connection, this.#parts.flow)) this.#written.push(structuredClone(connection));
        },
      }),
      advance: () => {},
    };
  }
}

/** A class that takes the packets of the connection and hardly another, and asks for nothing but its record. */
function explainedClass({ flowClasses }: AnalysisSettings, { left, right }: FlowName): FlowClassSettings {
  const usual = flowClasses.find(({ measure }) => measure.tcpConnections !== null) ?? flowClasses[0]!;
  const measurements = Object.entries(usual.measure);
  const only = Object.fromEntries(
    measurements.map(([name, asked]) => [name, name === "tcpConnections" ? asked : null]),
  );
  const addressRules = [left, right].map(({ address }) => ({
    kind: "address" as const,
    side: "either" as const,
    prefixes: [{ bytes: address, bits: 8 * address.length }],
  }));
  const portRules = [left, right].map(({ port }) => ({
    kind: "port" as const,
    side: "either" as const,
    ranges: [{ from: port, to: port }],
  }));
  return {
    ...usual,
    match: { kind: "and", rules: [...addressRules, ...portRules] },
    measure: only as unknown as Measurements,
  };
}

function isOfFlow(record: ConnectionRecord, { left, right }: FlowName): boolean {
  const isEnd = (address: Uint8Array, port: number, end: Endpoint) =>
    port === end.port && address.length === end.address.length && address.every((byte, i) => byte === end.address[i]);
  const { fwd_address, fwd_port, rev_address, rev_port } = record;
  return (
    (isEnd(fwd_address, fwd_port, left) && isEnd(rev_address, rev_port, right)) ||
    (isEnd(fwd_address, fwd_port, right) && isEnd(rev_address, rev_port, left))
  );
}

/** Sequence numbers wrap; a little below the initial one is shown negative, all else as counted on (RFC 9293 section 3.4). */
function relative(sequence: number, initial: number): number {
  const distance = (sequence - initial) | 0;
  return distance < -LITTLE ? distance + 2 ** 32 : distance;
}

const LITTLE = 1 << 20;
