import { extname } from "node:path";
import type { Hop } from "../scenario/scenario.ts";

/** The capture file of each hop: `a.pcap` is `a.office.pcap` for the hop office. Without hops, the file itself. */
export function capturePaths(path: string, hops: readonly Hop[]): readonly string[] {
  if (hops.length === 0) return [path];
  const ending = extname(path);
  const stem = ending === "" ? path : path.slice(0, -ending.length);
  return hops.map(({ name }) => `${stem}.${name}${ending}`);
}
