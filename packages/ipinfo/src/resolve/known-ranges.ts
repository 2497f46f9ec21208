import { readFileSync } from "node:fs";
import { ipinfoError } from "../errors.ts";
import { type AddressRange, parseRange } from "./address-range.ts";

/** A line of ipInfo.ini: addresses, and what they are used for. */
export interface KnownRange extends AddressRange {
  readonly activity: string | null;
  readonly location: string | null;
  /** Name of a single address; null: DNS is asked. */
  readonly hostName: string | null;
  /** Line in the file, from 1. */
  readonly line: number;
}

export interface KnownRanges {
  readonly ranges: readonly KnownRange[];
  /** Whether names of private addresses are asked of DNS. */
  readonly privateDns: boolean;
}

export interface Fault {
  readonly line: number;
  readonly text: string;
}

/** Lengths of the columns they go into. */
const LONGEST_NAME = 128;
const LONGEST_HOST_NAME = 255;

/** @throws {CodedError} IPINFO_RANGES_UNREADABLE, IPINFO_RANGES_INVALID with every bad line */
export function readKnownRanges(path: string): KnownRanges {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw ipinfoError("IPINFO_RANGES_UNREADABLE", `cannot read ${path}: ${(cause as Error).message}`, cause);
  }
  const { faults, ...known } = parseKnownRanges(text);
  if (faults.length > 0) {
    const places = faults.map((fault) => `line ${fault.line}: ${fault.text}`).join("; ");
    throw ipinfoError("IPINFO_RANGES_INVALID", `cannot use ${path}: ${places}`);
  }
  return known;
}

/**
 * Reads the text of an ipInfo.ini: sections `[Activity/Location]` with one address, prefix or range a line, and
 * `[settings]`. Never throws; all faults are returned, by line.
 */
export function parseKnownRanges(text: string): KnownRanges & { readonly faults: readonly Fault[] } {
  const reader = new Reader();
  text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .forEach((line, at) => {
      reader.read(withoutComment(line), at + 1);
    });
  return { ranges: reader.ranges, privateDns: reader.privateDns, faults: reader.faults };
}

/** Comments begin with # or ; at the start of a line or after a blank. */
function withoutComment(line: string): string {
  return line.replace(/(^|\s)[#;].*$/, "").trim();
}

type Section =
  | { readonly kind: "use"; readonly activity: string | null; readonly location: string | null }
  | { readonly kind: "settings" }
  // Lines of a section whose heading is at fault are not faults of their own.
  | { readonly kind: "faulty" };

class Reader {
  readonly ranges: KnownRange[] = [];
  readonly faults: Fault[] = [];
  privateDns = true;
  #section: Section | null = null;
  readonly #lineOf = new Map<string, number>();

  read(text: string, line: number): void {
    if (text === "") return;
    const fault = text.startsWith("[") ? this.#readHeading(text) : this.#readEntry(text, line);
    if (fault !== null) this.faults.push({ line, text: fault });
  }

  #readHeading(text: string): string | null {
    this.#section = { kind: "faulty" };
    const inside = /^\[(.*)\]$/.exec(text)?.[1]?.trim();
    if (inside === undefined) return `${text} is no [Activity/Location]`;
    if (inside === "settings") {
      this.#section = { kind: "settings" };
      return null;
    }
    const slash = inside.indexOf("/");
    if (slash < 0) return `${text} has no / between activity and location`;
    const [activity, location] = [inside.slice(0, slash).trim(), inside.slice(slash + 1).trim()];
    if (activity === "" && location === "") return `${text} names neither activity nor location`;
    for (const name of [activity, location]) {
      if ([...name].length > LONGEST_NAME) return `a name in ${text} is longer than ${LONGEST_NAME} letters`;
      if (/\p{Cc}/u.test(name)) return `a name in ${JSON.stringify(text)} has control characters`;
    }
    this.#section = { kind: "use", activity: activity || null, location: location || null };
    return null;
  }

  #readEntry(text: string, line: number): string | null {
    const section = this.#section;
    if (section === null) return `${text} stands before the first section`;
    if (section.kind === "faulty") return null;
    if (section.kind === "settings") return this.#readSetting(text);
    const [addresses, name, more] = text.split("=").map((part) => part.trim());
    if (more !== undefined) return `${text} has more than one =`;
    const range = parseRange(addresses!);
    if (typeof range === "string") return range;
    if (name !== undefined) {
      if (range.from !== range.to) return `${text} gives one name to many addresses`;
      if (name === "" || name.length > LONGEST_HOST_NAME || !/^[\x21-\x7e]+$/.test(name)) {
        return `${text} has no host name of at most ${LONGEST_HOST_NAME} letters after =`;
      }
    }
    const key = `${range.bits} ${range.from} ${range.to}`;
    const earlier = this.#lineOf.get(key);
    if (earlier !== undefined) return `${addresses} is already in line ${earlier}`;
    this.#lineOf.set(key, line);
    const { activity, location } = section;
    this.ranges.push({ ...range, activity, location, hostName: name ?? null, line });
    return null;
  }

  #readSetting(text: string): string | null {
    const pair = /^(\w+)\s*=\s*"?(\w+)"?$/.exec(text);
    if (pair === null) return `${text} is no setting: name = value`;
    const [, name, value] = pair;
    if (name !== "private") return `${name} is no setting; there is only private`;
    if (value !== "yes" && value !== "no") return `private is ${value}, not yes or no`;
    this.privateDns = value === "yes";
    return null;
  }
}
