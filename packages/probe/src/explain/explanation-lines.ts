import { addressText } from "@trafmon/observation";
import { flagLetters } from "./explanation-text.ts";
import { endpointText, type FlowName } from "./flow-text.ts";
import type { ConnectionRecord, TracedSegment } from "./segment-trace.ts";
import { findingsOf } from "./verdict-text.ts";

/** Lines for programs: a JSON object for each segment and each connection record. */
export class ExplanationLines {
  readonly head = "";
  readonly #flow: FlowName;

  constructor(flow: FlowName) {
    this.#flow = flow;
  }

  segment(segment: TracedSegment): string {
    const { left, right } = this.#flow;
    const isFromLeft = segment.from === "left";
    const findings = findingsOf(segment);
    return json({
      file: segment.path,
      frame: segment.frame,
      time_ns: instant(segment.seconds, segment.nanos),
      from: endpointText(isFromLeft ? left : right),
      to: endpointText(isFromLeft ? right : left),
      flags: flagLetters(segment.flags),
      sequence: segment.sequence,
      acknowledgement: segment.acknowledgement,
      payload_bytes: segment.payloadBytes,
      window: segment.window,
      ...(segment.sack.length > 0 ? { sack: segment.sack } : {}),
      findings: findings.map(({ kind, text, evidence }) => ({ kind, text, ...evidence })),
    });
  }

  record(record: ConnectionRecord): string {
    const plain = Object.entries(record as Record<string, unknown>).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? addressText(value) : value,
    ]);
    return json({ connection: Object.fromEntries(plain) });
  }
}

function json(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** Nanoseconds since the epoch, as text: they are more than a double holds. */
function instant(seconds: number, nanos: number): string {
  return `${BigInt(seconds) * 1_000_000_000n + BigInt(nanos)}`;
}
