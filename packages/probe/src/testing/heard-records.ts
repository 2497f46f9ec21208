import {
  FLAG_BAD_TIME,
  FLAGS,
  INTERFACE,
  KIND_CLOCK,
  KIND_END,
  KIND_PACKET,
  KIND_SHIFT,
  LENGTH,
  NANOS,
  PORTS,
  SECONDS,
} from "@trafmon/packet";
import { type CaptureStatisticsRecord, readStatistics } from "../capture/capture-statistics.ts";
import type { PacketConsumer, PacketFeed } from "../capture/packet-feed.ts";

/** A packet record, as far as the tests of the capture stage look at it. */
export interface HeardPacket {
  readonly interfaceNumber: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly isBadTime: boolean;
  readonly ports: number;
  /** The whole record. */
  readonly words: readonly number[];
}

/** Keeps what a feed gives. */
export class HeardRecords {
  readonly packets: HeardPacket[] = [];
  readonly statistics: CaptureStatisticsRecord[] = [];
  clocks = 0;
  ends = 0;

  readonly consume: PacketConsumer = (words, from, until) => {
    for (let at = from; at < until; at += words[at + LENGTH]!) {
      if (this.ends > 0) throw new Error("a record after the last one");
      const kind = words[at + FLAGS]! >>> KIND_SHIFT;
      if (kind === KIND_PACKET) this.packets.push(packetAt(words, at));
      else if (kind === KIND_CLOCK) this.clocks++;
      else if (kind === KIND_END) this.ends++;
      else this.statistics.push(readStatistics(words, at));
    }
  };

  /** The sum of a count over all statistics. */
  sum(
    name: {
      [K in keyof CaptureStatisticsRecord]: CaptureStatisticsRecord[K] extends number ? K : never;
    }[keyof CaptureStatisticsRecord],
  ): number {
    return this.statistics.reduce((sum, record) => sum + record[name], 0);
  }
}

export async function hear(feed: PacketFeed): Promise<HeardRecords> {
  const heard = new HeardRecords();
  await feed.run(heard.consume);
  return heard;
}

function packetAt(words: Int32Array, at: number): HeardPacket {
  return {
    interfaceNumber: words[at + INTERFACE]!,
    seconds: words[at + SECONDS]! >>> 0,
    nanos: words[at + NANOS]!,
    isBadTime: (words[at + FLAGS]! & FLAG_BAD_TIME) !== 0,
    ports: words[at + PORTS]! >>> 0,
    words: Array.from(words.subarray(at, at + words[at + LENGTH]!)),
  };
}
