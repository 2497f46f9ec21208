import { execFileSync } from "node:child_process";

export interface Totals {
  flows: number;
  packets: bigint;
  bytes: bigint;
}

/** The totals that nfdump itself gives of all files below a folder (`nfdump -I`). */
export function nfdumpTotals(folder: string): Totals {
  const text = execFileSync("nfdump", ["-C", "none", "-R", folder, "-I"]).toString();
  const value = (name: string) => new RegExp(`^${name}: (\\d+)$`, "m").exec(text)![1]!;
  return { flows: Number(value("Flows")), packets: BigInt(value("Packets")), bytes: BigInt(value("Bytes")) };
}

/** A flow of nfdump's JSON, as far as tests look at it. */
export interface JsonFlow {
  readonly first: string;
  readonly last: string;
  readonly received: string;
  readonly in_packets: number;
  readonly in_bytes: number;
  readonly proto: number;
  readonly src4_addr?: string;
  readonly src6_addr?: string;
  readonly ip4_router?: string;
  readonly ip6_router?: string;
}

/** The flows of all files below a folder as nfdump writes them in JSON: another way than ours. */
export function nfdumpJson(folder: string): JsonFlow[] {
  const options = { env: { ...process.env, TZ: "UTC" }, maxBuffer: 1 << 28 };
  const text = execFileSync("nfdump", ["-C", "none", "-R", folder, "-o", "json"], options).toString();
  return JSON.parse(text) as JsonFlow[];
}
