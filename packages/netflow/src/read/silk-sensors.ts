import { readFileSync } from "node:fs";
import { netflowError } from "../errors.ts";

/**
 * Numbers of the sensors that SiLK's site configuration names (silk.conf(5): `sensor <number> <name>`, perhaps with a
 * description).
 * @throws {CodedError} NETFLOW_SITE_CONFIG_UNREADABLE
 */
export function readSilkSensors(path: string): ReadonlyMap<string, string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw netflowError("NETFLOW_SITE_CONFIG_UNREADABLE", `cannot read ${path}: ${(cause as Error).message}`, cause);
  }
  const numbers = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^\s*sensor\s+(\d{1,5})\s+("[^"]+"|[^\s#"]+)/.exec(line);
    if (match !== null) numbers.set(match[2]!.replaceAll('"', ""), String(Number(match[1])));
  }
  return numbers;
}
