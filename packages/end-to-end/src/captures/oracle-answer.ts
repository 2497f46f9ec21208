import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../site/built-programs.ts";

/** One direction of what shares addresses, protocol and ports; no ports where they were not in the packet. */
export interface OracleFlow {
  readonly protocol: number;
  readonly source: string;
  readonly sourcePort: number | null;
  /** null: cut off with the options of the header. */
  readonly destination: string | null;
  readonly destinationPort: number | null;
  readonly packets: number;
  readonly bytes: number;
}

export interface OracleTcpDirection {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly packets: number;
  readonly bytes: number;
  readonly payloadBytes: number;
}

/** What scripts/oracle/ says of a capture. */
export interface OracleAnswer {
  readonly frames: number;
  /** On the wire, link header included. */
  readonly frameBytes: number;
  readonly packets: number;
  readonly bytes: number;
  readonly nonIp: number;
  readonly undecodable: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly flows: readonly OracleFlow[];
  readonly tcp: readonly OracleTcpDirection[];
  readonly complaint: string | null;
}

interface Oracle {
  askTshark(file: string): Promise<OracleAnswer>;
}

const FOLDER = join(ROOT, "scripts/oracle");

let tsharkVersion: string | null = null;

/**
 * Whether tshark can be asked. Says why not.
 * @throws {Error} when it is missing on a machine that has to have it
 */
export function hasTshark(): boolean {
  const { status, stdout } = spawnSync("tshark", ["--version"], { encoding: "utf8" });
  if (status === 0) {
    tsharkVersion = stdout.split("\n")[0]!;
    return true;
  }
  if (process.env.CI === "true") throw new Error("tshark is not installed");
  process.stderr.write("skipped: tshark is not installed, so nothing independent to compare with\n");
  return false;
}

/** The oracle's answer on a capture; kept below var/oracle by what it depends on. */
export async function oracleAnswer(path: string): Promise<OracleAnswer> {
  const oracle = (await import(pathToFileURL(join(FOLDER, "oracle.mjs")).href)) as Oracle;
  const hash = createHash("sha256").update(readFileSync(path)).update(String(tsharkVersion));
  for (const name of readdirSync(FOLDER).sort()) hash.update(readFileSync(join(FOLDER, name)));
  const folder = join(ROOT, "var/oracle");
  const kept = join(folder, `${hash.digest("hex").slice(0, 32)}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8")) as OracleAnswer;
  const answer = await oracle.askTshark(path);
  mkdirSync(folder, { recursive: true });
  // Whole or not at all: other test files ask at the same time.
  writeFileSync(`${kept}.${process.pid}`, JSON.stringify(answer));
  renameSync(`${kept}.${process.pid}`, kept);
  return answer;
}
