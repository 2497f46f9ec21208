import {
  DESTINATION,
  FLAG_FRAGMENT,
  FLAG_INNER,
  FLAG_IPV6,
  FLAG_OUTER,
  FLAG_PORTS,
  FLAG_TRANSPORT,
  FLAGS,
  INTERFACE,
  PORTS,
  PROTOCOL_TOS_TTL,
  SOURCE,
  VLAN,
} from "@trafmon/packet";
import type { FlowClassSettings, MatchRule, Prefix, Range } from "@trafmon/settings";
import { AddressSet, prefixWords } from "./address-set.ts";

/** Flow classes one probe can have: each is a bit of a 32-bit mask. */
export const MAX_FLOW_CLASSES = 32;

/** The classes that take the packet record at `at`: bit n for class n. */
export type PacketMatcher = (words: Int32Array, at: number) => number;

export interface MatchPlace {
  /** Name of the probe. */
  readonly probe: string;
  /** Names of its interfaces, by number. */
  readonly interfaces: readonly string[];
}

/**
 * What a port rule says of a fragment without transport header: `maybe` takes every class the packet could still belong
 * to once its ports are known; `decided` takes what is not known as not there.
 */
export type FragmentPorts = "maybe" | "decided";

/** More prefixes than this are searched in a set; fewer are compared one by one. */
const INLINE_PREFIXES = 6;

/**
 * Compiles the match rules of all classes into one function without calls, loops or allocation.
 * The source it is made of holds only numbers of ours and the settings'; no text of the configuration gets into it.
 */
export function compileMatcher(
  classes: readonly Pick<FlowClassSettings, "header" | "match">[],
  place: MatchPlace,
  fragmentPorts: FragmentPorts,
): PacketMatcher {
  if (classes.length > MAX_FLOW_CLASSES) throw new Error(`more than ${MAX_FLOW_CLASSES} flow classes`);
  const sets: AddressSet[] = [];
  const compiler = new RuleCompiler(place, sets);
  const terms = classes.map(({ header, match }, bit) => {
    const ofHeader = `(flags & ${header === "inner" ? FLAG_OUTER : FLAG_INNER}) === 0`;
    return `if (${ofHeader} && ${compiler.condition(match, true)}) mask |= ${1 << bit};`;
  });
  const known = FLAG_TRANSPORT | FLAG_PORTS;
  const source = `
    return function match(words, at) {
      const flags = words[at + ${FLAGS}];
      const isV6 = (flags & ${FLAG_IPV6}) !== 0;
      const protocol = words[at + ${PROTOCOL_TOS_TTL}] & 0xff;
      const tos = (words[at + ${PROTOCOL_TOS_TTL}] >> 8) & 0xff;
      const mayHavePorts = protocol === 6 || protocol === 17;
      const hasPorts = mayHavePorts && (flags & ${known}) !== 0;
      const maybe = ${fragmentPorts === "maybe" ? `mayHavePorts && (flags & ${known | FLAG_FRAGMENT}) === ${FLAG_FRAGMENT}` : "false"};
      const sourcePort = words[at + ${PORTS}] >>> 16;
      const destinationPort = words[at + ${PORTS}] & 0xffff;
      let mask = 0;
      ${terms.join("\n      ")}
      return mask;
    }`;
  return new Function("sets", source)(sets) as PacketMatcher;
}

/** Writes conditions over one packet. Unknown ports make three values: an upper bound is true unless surely false. */
class RuleCompiler {
  readonly #place: MatchPlace;
  readonly #sets: AddressSet[];

  constructor(place: MatchPlace, sets: AddressSet[]) {
    this.#place = place;
    this.#sets = sets;
  }

  condition(rule: MatchRule, upper: boolean): string {
    switch (rule.kind) {
      case "any":
        return "true";
      case "and":
        return all(rule.rules.map((each) => this.condition(each, upper)));
      case "or":
        return anyOf(rule.rules.map((each) => this.condition(each, upper)));
      case "not":
        return `!${this.condition(rule.rule, !upper)}`;
      case "protocol":
        return anyOf(rule.protocols.map((number) => `protocol === ${number}`));
      case "address":
        return this.#sides(rule.side, SOURCE, DESTINATION, (at) => this.#address(at, rule.prefixes));
      case "port": {
        const within = this.#sides(rule.side, "sourcePort", "destinationPort", (port) => ranges(port, rule.ranges));
        return upper ? `(hasPorts ? ${within} : maybe)` : `(hasPorts && ${within})`;
      }
      case "tos":
        return ranges("tos", rule.ranges);
      case "vlan":
        return ranges(`words[at + ${VLAN}]`, rule.ranges);
      case "interface": {
        const numbers = this.#place.interfaces.flatMap((name, number) => (rule.names.includes(name) ? [number] : []));
        return anyOf(numbers.map((number) => `words[at + ${INTERFACE}] === ${number}`));
      }
      case "probe":
        return String(rule.names.includes(this.#place.probe));
    }
  }

  #sides<T>(side: "source" | "destination" | "either", source: T, destination: T, test: (of: T) => string): string {
    if (side === "source") return test(source);
    if (side === "destination") return test(destination);
    return anyOf([test(source), test(destination)]);
  }

  #address(at: number, prefixes: readonly Prefix[]): string {
    if (prefixes.length > INLINE_PREFIXES) {
      const number = this.#sets.push(new AddressSet(prefixes)) - 1;
      return `sets[${number}].has(words, at + ${at}, isV6)`;
    }
    return anyOf(
      prefixes.map(prefixWords).map(({ isV6, network, mask }) => {
        const same = [...mask].flatMap((bits, word) =>
          bits === 0 ? [] : [`(words[at + ${at + word}] & ${bits}) === ${network[word]}`],
        );
        return all([isV6 ? "isV6" : "!isV6", ...same]);
      }),
    );
  }
}

function ranges(value: string, of: readonly Range[]): string {
  return anyOf(
    of.map(({ from, to }) => (from === to ? `${value} === ${from}` : `(${value} >= ${from} && ${value} <= ${to})`)),
  );
}

function all(terms: readonly string[]): string {
  return terms.length === 0 ? "true" : `(${terms.join(" && ")})`;
}

function anyOf(terms: readonly string[]): string {
  return terms.length === 0 ? "false" : `(${terms.join(" || ")})`;
}
