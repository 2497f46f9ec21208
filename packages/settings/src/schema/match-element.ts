import type { MatchRule, Prefix } from "../model/flow-class-settings.ts";
import { type Attribute, type AttributeKind, required, withDefault } from "./attribute.ts";
import { type ElementSchema, element, type ReadElement, valuesOf } from "./element.ts";
import { mergedRanges } from "./merged-ranges.ts";
import { dscp, port, prefix, protocol, tos, vlan } from "./network-kinds.ts";
import { choice, interfaceName, listOf, name } from "./text-kinds.ts";

/** The rules a match is made of. Each has one element; most have one attribute, `is`. */

const is = <T>(kind: AttributeKind<T>, meaning: string): { is: Attribute<readonly T[]> } => ({
  is: required(listOf(kind), meaning),
});

const side = withDefault(choice("either", "source", "destination"), "either", "Which end of the packet is looked at.");

export const anyElement = element({ name: "any", meaning: "Every IP packet.", attributes: {} });

const ruleChildren = () => ruleElements.map((each) => ({ element: each, occurs: "any" as const }));
const MOST_RULES = 256;

export const andElement: ElementSchema = element({
  name: "and",
  meaning: "All rules in it hold.",
  attributes: {},
  children: ruleChildren,
  mixture: { least: 1, most: MOST_RULES },
});

export const orElement: ElementSchema = element({
  name: "or",
  meaning: "At least one rule in it holds.",
  attributes: {},
  children: ruleChildren,
  mixture: { least: 1, most: MOST_RULES },
});

export const notElement: ElementSchema = element({
  name: "not",
  meaning: "The one rule in it does not hold.",
  attributes: {},
  children: ruleChildren,
  mixture: { least: 1, most: 1 },
});

export const protocolElement = element({
  name: "protocol",
  meaning: "The IP protocol is one of these. For IPv6 it is the last next-header after the extension headers.",
  attributes: is(protocol, "The protocols."),
});

export const addressElement = element({
  name: "address",
  meaning: "An address of the packet lies in one of these prefixes.",
  attributes: { ...is(prefix, "The addresses and prefixes."), side },
});

export const sourceElement = element({
  name: "source",
  meaning: 'Short for <address side="source">.',
  attributes: is(prefix, "The addresses and prefixes."),
});

export const destinationElement = element({
  name: "destination",
  meaning: 'Short for <address side="destination">.',
  attributes: is(prefix, "The addresses and prefixes."),
});

export const portElement = element({
  name: "port",
  meaning: "The packet is TCP or UDP and has one of these ports. Fragments count with their datagram.",
  attributes: { ...is(port, "The ports, ranges and service names."), side },
});

export const tosElement = element({
  name: "tos",
  meaning: "The ToS octet (IPv6: traffic class) is one of these, its two ECN bits included.",
  attributes: is(tos, "The octets and ranges; 0x may be used."),
});

export const dscpElement = element({
  name: "dscp",
  meaning: "The differentiated services code point is one of these, whatever the ECN bits.",
  attributes: is(dscp, "The code points."),
});

export const vlanElement = element({
  name: "vlan",
  meaning: "The outermost VLAN id is one of these.",
  attributes: is(vlan, "The ids and ranges; 0 is a packet without tag."),
});

export const onInterfaceElement = element({
  name: "onInterface",
  meaning: "The packet was captured on one of these interfaces. In a replay the interface is the one the file names.",
  attributes: is(interfaceName, "The interfaces."),
});

export const onProbeElement = element({
  name: "onProbe",
  meaning: "The packet was captured by one of these probes.",
  attributes: is(name, "Probes of this file."),
});

const ruleElements: readonly ElementSchema[] = [
  anyElement,
  andElement,
  orElement,
  notElement,
  protocolElement,
  addressElement,
  sourceElement,
  destinationElement,
  portElement,
  tosElement,
  dscpElement,
  vlanElement,
  onInterfaceElement,
  onProbeElement,
];

export const matchElement: ElementSchema = element({
  name: "match",
  meaning: "Which packets belong to the class. Several rules in it must all hold. Absent: every IP packet.",
  attributes: {},
  children: ruleChildren,
  mixture: { least: 1, most: MOST_RULES },
});

/** The rule a `match` element holds. */
export function matchRule(read: ReadElement): MatchRule {
  const rules = read.children.map(ruleOf);
  return rules.length === 1 && rules[0] !== undefined ? rules[0] : { kind: "and", rules };
}

type RuleMaker = (read: ReadElement) => MatchRule;

const addressRule = (prefixes: readonly Prefix[], at: "source" | "destination" | "either"): MatchRule => ({
  kind: "address",
  side: at,
  prefixes,
});

const ruleMakers: ReadonlyMap<string, RuleMaker> = new Map<string, RuleMaker>([
  ["any", () => ({ kind: "any" })],
  ["and", (read) => ({ kind: "and", rules: read.children.map(ruleOf) })],
  ["or", (read) => ({ kind: "or", rules: read.children.map(ruleOf) })],
  ["not", (read) => ({ kind: "not", rule: ruleOf(read.children[0]) })],
  ["protocol", (read) => ({ kind: "protocol", protocols: rising(valuesOf(read, protocolElement).is) })],
  ["address", (read) => addressRule(valuesOf(read, addressElement).is, valuesOf(read, addressElement).side)],
  ["source", (read) => addressRule(valuesOf(read, sourceElement).is, "source")],
  ["destination", (read) => addressRule(valuesOf(read, destinationElement).is, "destination")],
  [
    "port",
    (read) => ({
      kind: "port",
      side: valuesOf(read, portElement).side,
      ranges: mergedRanges(valuesOf(read, portElement).is.flat()),
    }),
  ],
  ["tos", (read) => ({ kind: "tos", ranges: mergedRanges(valuesOf(read, tosElement).is) })],
  ["dscp", (read) => ({ kind: "tos", ranges: mergedRanges(valuesOf(read, dscpElement).is) })],
  ["vlan", (read) => ({ kind: "vlan", ranges: mergedRanges(valuesOf(read, vlanElement).is) })],
  ["onInterface", (read) => ({ kind: "interface", names: valuesOf(read, onInterfaceElement).is })],
  ["onProbe", (read) => ({ kind: "probe", names: valuesOf(read, onProbeElement).is })],
]);

function ruleOf(read: ReadElement | undefined): MatchRule {
  const make = read && ruleMakers.get(read.schema.name);
  if (read === undefined || make === undefined) throw new Error("a rule passed the schema that nothing makes");
  return make(read);
}

function rising(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
