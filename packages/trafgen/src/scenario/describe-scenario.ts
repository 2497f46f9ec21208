import { instantText } from "../ledger/instant-text.ts";
import { addressesText } from "../plan/destinations.ts";
import type { AddressSet } from "./address-set.ts";
import type { Scenario } from "./scenario.ts";

/** A scenario as indented text, one value a line, for `--check`: everything that is absent filled in. */
export function describeScenario(scenario: Scenario): string {
  const { traffic, hops, target, startAt, ...top } = scenario;
  const lines: string[] = [];
  describe("", { ...top, startAt: instantText(startAt), target: target ?? "-" }, lines);
  for (const hop of hops) {
    lines.push(`hop ${hop.name}`);
    describe("  ", { ...hop, name: undefined }, lines);
  }
  for (const { kind, name, ...rest } of traffic) {
    lines.push(`${kind} ${name}`);
    describe("  ", rest, lines);
  }
  return `${lines.join("\n")}\n`;
}

function describe(indent: string, values: object, lines: string[]): void {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const text = valueText(value);
    if (text !== null) {
      lines.push(`${indent}${key} ${text}`);
      continue;
    }
    for (const each of Array.isArray(value) ? value : [value]) {
      lines.push(`${indent}${key}`);
      describe(`${indent}  `, each as object, lines);
    }
  }
}

/** Text of a value that fits on its line; null for one that has lines of its own. */
function valueText(value: unknown): string | null {
  if (value === null) return "-";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "object") return String(value);
  if (value instanceof Uint8Array)
    return Buffer.from(value)
      .toString("hex")
      .replace(/..(?=.)/g, "$&:");
  if (Array.isArray(value)) {
    if (value.length === 0) return "-";
    return value.every((each) => typeof each !== "object") ? value.join(" ") : null;
  }
  if (isAddressSet(value)) return addressesText(value);
  const { first, count, ...others } = value as { first?: unknown; count?: unknown };
  if (typeof first === "number" && typeof count === "number" && Object.keys(others).length === 0)
    return count === 1 ? String(first) : `${first}-${first + count - 1}`;
  return null;
}

function isAddressSet(value: object): value is AddressSet {
  return "family" in value && "ranges" in value;
}
