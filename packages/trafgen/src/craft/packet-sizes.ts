import type { PacketSize } from "../scenario/scenario.ts";
import type { Random } from "./random.ts";

/** Draws the IP bytes of one packet after the other. */
export type DrawSize = (random: Random) => number;

/** `leastBytes`: the headers; a size below is raised to them. */
export function sizesOf(size: PacketSize, leastBytes: number): DrawSize {
  const between = (from: number, to: number, random: Random) =>
    Math.max(leastBytes, from === to ? from : from + random.below(to - from + 1));
  switch (size.kind) {
    case "fixed":
      return () => Math.max(leastBytes, size.bytes);
    case "uniform":
      return (random) => between(size.fromBytes, size.toBytes, random);
    case "histogram": {
      const total = size.bins.reduce((sum, { weight }) => sum + weight, 0);
      return (random) => {
        let rest = random.fraction() * total;
        const bin = size.bins.find(({ weight }) => {
          rest -= weight;
          return rest < 0;
        });
        const { fromBytes, toBytes } = bin ?? size.bins.at(-1)!;
        return between(fromBytes, toBytes, random);
      };
    }
  }
}

/** Most IP bytes that a packet can have. */
export function largestOf(size: PacketSize): number {
  switch (size.kind) {
    case "fixed":
      return size.bytes;
    case "uniform":
      return size.toBytes;
    case "histogram":
      return Math.max(...size.bins.map(({ toBytes }) => toBytes));
  }
}
