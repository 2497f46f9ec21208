import { addressText } from "@trafmon/address";
import type { Configuration } from "./model/configuration.ts";
import type { MatchRule, Prefix, Range } from "./model/flow-class-settings.ts";
import type { PayloadPattern } from "./model/request-settings.ts";

/** The effective settings as indented text, one a line, for `--check`: every value that programs will use. */
export function describeEffective(configuration: Configuration): string {
  const { collectors, probes, flowClasses, ...top } = configuration;
  const lines: string[] = [];
  describe("", top, lines);
  for (const collector of collectors) describeNamed("collector", collector, lines);
  for (const probe of probes) describeNamed("probe", probe, lines);
  for (const flowClass of flowClasses) describeNamed("flowClass", flowClass, lines);
  return `${lines.join("\n")}\n`;
}

function describeNamed(kind: string, { name, ...settings }: object & { readonly name: string }, lines: string[]): void {
  lines.push(`${kind} ${name}`);
  describe("  ", settings, lines);
}

function describe(indent: string, settings: object, lines: string[]): void {
  for (const [key, value] of Object.entries(settings)) {
    const text = valueText(key, value);
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
function valueText(key: string, value: unknown): string | null {
  if (key === "startAt") return value === null ? "at once" : instantText(value as { s: number; nanos: number });
  if (key === "match") return ruleText(value as MatchRule);
  if (value === null) return "-";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value === "" ? '""' : value;
  if (typeof value !== "object") return String(value);
  if ("steps" in value) return (value as PayloadPattern).text;
  if (!Array.isArray(value)) return null;
  const values: unknown[] = value;
  if (values.length === 0) return "-";
  if (isRanges(values)) return rangesText(values);
  if (isPrefixes(values)) return prefixesText(values);
  return values.every((each) => typeof each !== "object") ? values.join(" ") : null;
}

function instantText({ s, nanos }: { readonly s: number; readonly nanos: number }): string {
  const seconds = new Date(s * 1000).toISOString().slice(0, 19);
  return `${seconds}${nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`}Z`;
}

function isPrefixes(value: unknown[]): value is Prefix[] {
  return value.every((each) => (each as { bytes?: unknown } | null)?.bytes instanceof Uint8Array);
}

function isRanges(value: unknown[]): value is Range[] {
  return value.every((each) => typeof (each as { from?: unknown } | null)?.from === "number");
}

function prefixesText(prefixes: readonly Prefix[]): string {
  return prefixes.map(({ bytes, bits }) => `${addressText(bytes)}/${bits}`).join(" ");
}

function rangesText(ranges: readonly Range[]): string {
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(" ");
}

/** A match rule as one readable expression. */
function ruleText(rule: MatchRule): string {
  const sided = (side: string) => (side === "either" ? "" : `${side} `);
  switch (rule.kind) {
    case "any":
      return "any";
    case "and":
    case "or":
      return `(${rule.rules.map(ruleText).join(` ${rule.kind} `)})`;
    case "not":
      return `not ${ruleText(rule.rule)}`;
    case "protocol":
      return `protocol ${rule.protocols.join(" ")}`;
    case "address":
      return `${sided(rule.side)}address ${prefixesText(rule.prefixes)}`;
    case "port":
      return `${sided(rule.side)}port ${rangesText(rule.ranges)}`;
    case "tos":
    case "vlan":
      return `${rule.kind} ${rangesText(rule.ranges)}`;
    case "interface":
    case "probe":
      return `${rule.kind} ${rule.names.join(" ")}`;
  }
}
