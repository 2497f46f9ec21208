import { reportsError } from "../errors.ts";
import { askExporters, askProbeNumbers, askProbes } from "./probes.ts";
import type { Database, VolumeQuestion } from "./volume-question.ts";

/** Asks for the volumes of all probes added up: the operator says that no two of them see the same packets. */
export const ALL_PROBES = "all";

/** Whose volumes a report adds up. */
export type ChosenProbes = Pick<VolumeQuestion, "probes" | "exporters">;

/**
 * The probes that a report adds up, or the exporters of NetFlow. Two of them may see the same packets, so without a choice
 * it is the one with most volume in the period, and the report names the others.
 * @throws {CodedError} REPORTS_UNKNOWN_PROBE
 */
export async function chooseProbes(
  database: Database,
  question: VolumeQuestion,
  names: readonly string[] | undefined,
): Promise<ChosenProbes> {
  if (names?.includes(ALL_PROBES)) return { probes: null };
  if (names === undefined) {
    const [largest] = await askProbes(database, question, question.period);
    if (largest === undefined) return { probes: null };
    return { probes: [largest.number], ...(question.source === "netflow" ? { exporters: [largest.name] } : {}) };
  }
  if (question.source === "probe") return { probes: await probeNumbers(database, names) };
  const known = await askExporters(database);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return { probes: null, exporters: names };
  const there = known.join(", ") || "none yet";
  throw reportsError("REPORTS_UNKNOWN_PROBE", `cannot find an exporter ${unknown}; there are: ${there}`);
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
