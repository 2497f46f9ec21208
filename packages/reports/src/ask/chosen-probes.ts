import { reportsError } from "../errors.ts";
import { askProbeNumbers, askProbes } from "./probes.ts";
import type { Database, VolumeQuestion } from "./volume-question.ts";

/** Asks for the volumes of all probes added up: the operator says that no two of them see the same packets. */
export const ALL_PROBES = "all";

/**
 * Numbers of the probes that a report adds up. Two probes may see the same packets, so without a choice it is the one
 * with most volume in the period, and the report names the others.
 * @throws {CodedError} REPORTS_UNKNOWN_PROBE
 */
export async function chooseProbes(
  database: Database,
  question: VolumeQuestion,
  names: readonly string[] | undefined,
): Promise<readonly number[] | null> {
  if (names?.includes(ALL_PROBES)) return null;
  if (names === undefined) {
    const [largest] = await askProbes(database, question, question.period);
    return largest === undefined ? null : [largest.number];
  }
  return await probeNumbers(database, names);
}

/** @throws {CodedError} REPORTS_UNKNOWN_PROBE */
export async function probeNumbers(database: Database, names: readonly string[]): Promise<number[]> {
  const numbers = await askProbeNumbers(database);
  return names.map((name) => {
    const number = numbers.get(name);
    if (number !== undefined) return number;
    const known = [...numbers.keys()].join(", ") || "none yet";
    throw reportsError("REPORTS_UNKNOWN_PROBE", `cannot find a probe named ${name}; there are: ${known}`);
  });
}
