import type { OracleAnswer } from "../captures/oracle-answer.ts";
import { type PayloadVolume, type Volume, VolumeSums } from "./volume.ts";

/** The oracle's flows by `protocol sender receiver`. */
export function oracleByHosts({ flows }: OracleAnswer): Record<string, Volume> {
  const sums = new VolumeSums<Volume>();
  for (const { protocol, source, destination, packets, bytes } of flows) {
    sums.add(`${protocol} ${source} ${destination}`, { packets, bytes });
  }
  return sums.byKey();
}

/** The oracle's TCP directions by `sender port receiver port`. */
export function oracleTcp({ tcp }: OracleAnswer): Record<string, PayloadVolume> {
  const sums = new VolumeSums<PayloadVolume>();
  for (const { source, sourcePort, destination, destinationPort, packets, bytes, payloadBytes } of tcp) {
    sums.add(`${source} ${sourcePort} ${destination} ${destinationPort}`, { packets, bytes, payloadBytes });
  }
  return sums.byKey();
}

/** The reasons under which we count what tshark finds wrong with an IP header, by its name for it. */
const OUR_REASONS: Readonly<Record<string, readonly string[]>> = {
  "ip.bogus_ip_version": ["ip_version"],
  "ipv6.bogus_ipv6_version": ["ip_version"],
  "raw version": ["ip_version"],
  "ip.bogus_header_length": ["ipv4_header_length"],
  "ip.bogus_ip_length": ["ipv4_total_short", "ipv4_total_long"],
  "ipv6.plen_exceeds_framing": ["ipv6_payload_long"],
};

/** Everything that keeps a header from being read whole. */
const CUT = ["header_cut", "link_short", "ip_short", "tag_depth"];

/** Undecodable frames by the set of our reasons that tshark's stands for, and ours by the same sets. */
export function reasonsSideBySide(oracle: Readonly<Record<string, number>>, ours: Readonly<Record<string, number>>) {
  const sets = [...Object.values(OUR_REASONS), CUT].map((set) => set.join("|"));
  const setOf = (reason: string) => sets.find((set) => set.split("|").includes(reason)) ?? reason;
  return {
    oracle: inSets(oracle, (reason) => (OUR_REASONS[reason] ?? CUT).join("|")),
    ours: inSets(ours, setOf),
  };
}

function inSets(counts: Readonly<Record<string, number>>, setOf: (reason: string) => string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [reason, count] of Object.entries(counts)) sums[setOf(reason)] = (sums[setOf(reason)] ?? 0) + count;
  return sums;
}
