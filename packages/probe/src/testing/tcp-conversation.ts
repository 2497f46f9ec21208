import { FLAG_DUPLICATE, FLAG_PORTS, FLAG_SACK_PERMITTED, FLAG_TCP_TIMESTAMPS, FLAG_TRANSPORT } from "@trafmon/packet";
import type { FlowClassSettings } from "@trafmon/settings";
import { Analysis } from "../analysis/analysis.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "./analysis-settings.ts";
import { KeptObservations } from "./kept-observations.ts";
import { type PacketFields, packetRecord } from "./packet-record-builder.ts";

const FLAG_BITS: { readonly [letter: string]: number } = { F: 1, S: 2, R: 4, P: 8, A: 16 };

/** One segment of a conversation. Sequence numbers are relative to the sides' initial ones. */
export interface Segment {
  /** Instant in milliseconds after the start. */
  readonly atMs: number;
  readonly from: "client" | "server";
  /** Letters of FSRPA. */
  readonly flags: string;
  readonly sequence: number;
  readonly acknowledgement?: number;
  readonly length?: number;
  readonly window?: number;
  readonly mss?: number;
  readonly windowScale?: number;
  readonly sackPermitted?: boolean;
  /** Edges relative to the other side's initial sequence number. */
  readonly sack?: readonly number[];
  readonly sourcePort?: number;
  /** IP identification; default 0: none. */
  readonly identification?: number;
  /** TSval; default: no such option. */
  readonly timestamp?: number;
  /** Instead of the conversation's own. */
  readonly initialSequence?: number;
  /** A copy of an earlier frame. */
  readonly isDuplicate?: boolean;
}

export const START_S = 1_700_000_000;

/** Feeds conversations between 10.0.0.9:40000 and 10.0.0.1:80 to an analysis and keeps what it says. */
export class TcpConversation {
  readonly kept = new KeptObservations();
  readonly analysis: Analysis;
  readonly #initial: { client: number; server: number };

  constructor(
    initial: { client: number; server: number } = { client: 1000, server: 5000 },
    classes: readonly FlowClassSettings[] = [flowClass({ measure: ALL_MEASUREMENTS })],
    limits: Parameters<typeof analysisSettings>[1] = {},
  ) {
    this.#initial = initial;
    this.analysis = new Analysis(analysisSettings(classes, { maxStepS: 100_000, ...limits }), {
      sink: this.kept,
      serviceOf: (_, a, b) => (a === 80 || b === 80 ? { name: "http", port: 80 } : null),
    });
  }

  send(...segments: readonly Segment[]): this {
    for (const segment of segments) {
      const words = packetRecord(this.#fields(segment));
      this.analysis.consume(words, 0, words.length);
    }
    return this;
  }

  /** Lets the source clock run on. */
  waitUntil(atMs: number): this {
    this.analysis.advance(START_S + Math.floor(atMs / 1000), (atMs % 1000) * 1e6);
    return this;
  }

  /** Ends the analysis and gives its only connection record. */
  connection() {
    this.analysis.finish();
    const connections = this.kept.of("tcpcx");
    if (connections.length !== 1) throw new Error(`${connections.length} connection records`);
    return connections[0]!;
  }

  connections() {
    this.analysis.finish();
    return this.kept.of("tcpcx");
  }

  #fields(segment: Segment): PacketFields {
    const isClient = segment.from === "client";
    const [own, peer] = isClient ? ["client" as const, "server" as const] : ["server" as const, "client" as const];
    const base = segment.initialSequence ?? this.#initial[own];
    const hosts = { client: Uint8Array.of(10, 0, 0, 9), server: Uint8Array.of(10, 0, 0, 1) };
    const ports = { client: segment.sourcePort ?? 40_000, server: 80 };
    const length = segment.length ?? 0;
    const nanos = Math.round(segment.atMs * 1e6);
    return {
      s: START_S + Math.floor(nanos / 1e9),
      nanos: nanos % 1e9,
      source: hosts[own],
      destination: hosts[peer],
      sourcePort: ports[own],
      destinationPort: ports[peer],
      sequence: (base + segment.sequence) | 0,
      acknowledgement: (this.#initial[peer] + (segment.acknowledgement ?? 0)) | 0,
      tcpFlags: [...segment.flags].reduce((bits, letter) => bits | FLAG_BITS[letter]!, 0),
      ipBytes: 40 + length,
      payloadBytes: length,
      window: segment.window ?? 1000,
      mss: segment.mss ?? 0,
      windowScale: segment.windowScale ?? null,
      sack: (segment.sack ?? []).map((edge) => (this.#initial[peer] + edge) | 0),
      identification: segment.identification ?? 0,
      timestamp: segment.timestamp ?? 0,
      flags:
        FLAG_TRANSPORT |
        FLAG_PORTS |
        (segment.sackPermitted ? FLAG_SACK_PERMITTED : 0) |
        (segment.timestamp === undefined ? 0 : FLAG_TCP_TIMESTAMPS) |
        (segment.isDuplicate ? FLAG_DUPLICATE : 0),
    };
  }
}

/** SYN at 0 ms, SYN-ACK at 20 ms, ACK at 30 ms. */
export const HANDSHAKE: readonly Segment[] = [
  { atMs: 0, from: "client", flags: "S", sequence: 0, mss: 1460, windowScale: 7, sackPermitted: true },
  { atMs: 20, from: "server", flags: "SA", sequence: 0, acknowledgement: 1, mss: 1400, windowScale: 2 },
  { atMs: 30, from: "client", flags: "A", sequence: 1, acknowledgement: 1 },
];

/** Payload from the client. */
export function data(atMs: number, sequence: number, length: number, more: Partial<Segment> = {}): Segment {
  return { atMs, from: "client", flags: "PA", sequence, acknowledgement: 1, length, ...more };
}

/** A pure ACK from the server. */
export function ack(atMs: number, acknowledgement: number, more: Partial<Segment> = {}): Segment {
  return { atMs, from: "server", flags: "A", sequence: 1, acknowledgement, ...more };
}
