import type { Namespace } from "./namespace.ts";

/** What the kernel says of one TCP socket (TCP_INFO). Bytes are payload. */
export interface SocketFigures {
  /** `address port peer port`. */
  readonly tuple: string;
  /** Sent in all, sent again, and received in order. */
  readonly bytesSent: number;
  readonly bytesRetransmitted: number;
  readonly bytesReceived: number;
  readonly segmentsSent: number;
  readonly segmentsReceived: number;
  readonly dataSegmentsSent: number;
  readonly segmentsRetransmitted: number;
}

/** All established sockets of a namespace, by `ss -ti`. */
export function readSockets(space: Namespace): SocketFigures[] {
  const lines = space.run("ss", "-tinOH", "state", "established").trimEnd().split("\n");
  return lines.filter((line) => line !== "").map(figuresOf);
}

function figuresOf(line: string): SocketFigures {
  const [, , local, peer] = line.trim().split(/\s+/);
  const figure = (name: string) => Number(new RegExp(`\\b${name}:(\\d+)`).exec(line)?.[1] ?? 0);
  return {
    tuple: `${endText(local!)} ${endText(peer!)}`,
    bytesSent: figure("bytes_sent"),
    bytesRetransmitted: figure("bytes_retrans"),
    bytesReceived: figure("bytes_received"),
    segmentsSent: figure("segs_out"),
    segmentsReceived: figure("segs_in"),
    dataSegmentsSent: figure("data_segs_out"),
    segmentsRetransmitted: Number(/\bretrans:\d+\/(\d+)/.exec(line)?.[1] ?? 0),
  };
}

/** `[::ffff:10.0.0.1]:80` is `10.0.0.1 80`. */
function endText(end: string): string {
  const at = end.lastIndexOf(":");
  const address = end
    .slice(0, at)
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/^::ffff:/, "");
  return `${address.replace(/%.*/, "")} ${end.slice(at + 1)}`;
}
