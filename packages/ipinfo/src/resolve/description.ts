import type { Address } from "./address.ts";
import type { GeoDatabases } from "./geo-databases.ts";
import type { KnownRange } from "./known-ranges.ts";
import type { RangeIndex } from "./range-index.ts";
import { mayHaveName, specialKind } from "./special-purpose.ts";

/** What ipInfotable says of an address, its own columns by name. Times apart, see AddressRow. */
export interface Description {
  readonly kind: string | null;
  readonly host_name: string | null;
  readonly activity: string | null;
  readonly location: string | null;
  readonly country_code: string | null;
  readonly country: string | null;
  readonly city: string | null;
  /** Degrees with six decimals, as the column has them. */
  readonly latitude: string | null;
  readonly longitude: string | null;
  readonly asn: number | null;
  readonly as_name: string | null;
  /** Who said so, separated by blanks: ini city asn dns special. */
  readonly sources: string | null;
}

export interface Knowledge {
  readonly ranges: RangeIndex<KnownRange>;
  readonly privateDns: boolean;
  readonly geo: GeoDatabases;
}

/** What can be said without asking anybody, and whether DNS may know a name. */
export interface FirstDescription {
  readonly description: Description;
  readonly askDns: boolean;
}

/** `knownName`: a name that DNS gave earlier; kept until DNS says otherwise. */
export function describe(address: Address, knownName: string | null, knowledge: Knowledge): FirstDescription {
  const kind = specialKind(address);
  const range = knowledge.ranges.find(address);
  const place = knowledge.geo.placeOf(address);
  const network = knowledge.geo.networkOf(address);
  const askDns = (range?.hostName ?? null) === null && mayHaveName(kind, knowledge.privateDns);
  const dnsName = askDns ? knownName : null;
  const sources = [
    range === null ? "" : "ini",
    Object.values(place).some((each) => each !== null) ? "city" : "",
    network.asn !== null || network.asName !== null ? "asn" : "",
    kind === null ? "" : "special",
    dnsName === null ? "" : "dns",
  ].filter((source) => source !== "");
  const description = {
    kind,
    host_name: range?.hostName ?? dnsName,
    activity: range?.activity ?? null,
    location: range?.location ?? null,
    country_code: place.countryCode,
    country: clip(place.country, 64),
    city: clip(place.city, 128),
    latitude: place.latitude?.toFixed(6) ?? null,
    longitude: place.longitude?.toFixed(6) ?? null,
    asn: network.asn,
    as_name: clip(network.asName, 255),
    sources: sources.join(" ") || null,
  };
  return { description, askDns };
}

/** The same description with what DNS said. `name` null: there is none. */
export function withDnsName(description: Description, name: string | null): Description {
  const others = (description.sources ?? "").split(" ").filter((source) => source !== "" && source !== "dns");
  const sources = name === null ? others : [...others, "dns"];
  return { ...description, host_name: name, sources: sources.join(" ") || null };
}

/** Cuts to so many letters: what a file from elsewhere says may be longer than its column. */
function clip(value: string | null, most: number): string | null {
  return value === null ? null : [...value].slice(0, most).join("");
}
