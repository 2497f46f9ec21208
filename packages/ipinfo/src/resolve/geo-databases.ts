import { readdirSync } from "node:fs";
import { join } from "node:path";
import { open, type Reader, type Response } from "maxmind";
import { ipinfoError } from "../errors.ts";
import { type Address, addressText } from "./address.ts";

/** Where an address is, by GeoLite2, GeoIP2 or any file of MaxMind's format with the same fields. */
export interface Place {
  /** ISO 3166, two letters. */
  readonly countryCode: string | null;
  readonly country: string | null;
  readonly city: string | null;
  /** Degrees. */
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** Whose network an address is in. */
export interface Network {
  readonly asn: number | null;
  readonly asName: string | null;
}

const NO_PLACE: Place = { countryCode: null, country: null, city: null, latitude: null, longitude: null };
const NO_NETWORK: Network = { asn: null, asName: null };

/** The `.mmdb` files of a folder, opened. Without any, nothing is found, which is no fault. */
export class GeoDatabases {
  readonly #places: readonly Reader<Response>[];
  readonly #networks: readonly Reader<Response>[];
  /** What was opened, e.g. `GeoLite2-City.mmdb`. */
  readonly files: readonly string[];

  private constructor(opened: readonly { file: string; reader: Reader<Response> }[]) {
    const ofType = (pattern: RegExp) =>
      opened.filter(({ reader }) => pattern.test(reader.metadata.databaseType)).map(({ reader }) => reader);
    // A file of cities knows more than one of countries.
    this.#places = [...ofType(/City|Enterprise|Insights/i), ...ofType(/Country/i)];
    this.#networks = [...ofType(/ASN/i), ...ofType(/ISP|Enterprise|Insights/i)];
    this.files = opened.map(({ file }) => file);
  }

  /** @throws {CodedError} IPINFO_GEOIP_UNREADABLE for a file that is there and cannot be used */
  static async open(directory: string): Promise<GeoDatabases> {
    const opened: { file: string; reader: Reader<Response> }[] = [];
    for (const file of databaseFiles(directory)) {
      const path = join(directory, file);
      try {
        opened.push({ file, reader: await open<Response>(path) });
      } catch (cause) {
        throw ipinfoError("IPINFO_GEOIP_UNREADABLE", `cannot use ${path}: ${(cause as Error).message}`, cause);
      }
    }
    return new GeoDatabases(opened);
  }

  placeOf(address: Address): Place {
    for (const record of answers(this.#places, address)) {
      const country = field(record, "country") ?? field(record, "registered_country");
      const place: Place = {
        countryCode: code(field(country, "iso_code")),
        country: englishName(country),
        city: englishName(field(record, "city")),
        latitude: degrees(field(field(record, "location"), "latitude"), 90),
        longitude: degrees(field(field(record, "location"), "longitude"), 180),
      };
      if (Object.values(place).some((each) => each !== null)) return place;
    }
    return NO_PLACE;
  }

  networkOf(address: Address): Network {
    for (const record of answers(this.#networks, address)) {
      // Enterprise files keep these under traits.
      const holder = field(record, "autonomous_system_number") === undefined ? field(record, "traits") : record;
      const asn = field(holder, "autonomous_system_number");
      const asName = text(field(holder, "autonomous_system_organization"));
      const isNumber = typeof asn === "number" && Number.isInteger(asn) && asn >= 0 && asn < 2 ** 32;
      if (isNumber || asName !== null) return { asn: isNumber ? asn : null, asName };
    }
    return NO_NETWORK;
  }
}

function databaseFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(".mmdb"))
      .sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw ipinfoError("IPINFO_GEOIP_UNREADABLE", `cannot read ${directory}: ${(cause as Error).message}`, cause);
  }
}

function* answers(readers: readonly Reader<Response>[], address: Address): Generator<unknown> {
  for (const reader of readers) {
    // A file of IPv4 alone would take an IPv6 address for something else.
    if (reader.metadata.ipVersion === 4 && address.bits === 128) continue;
    const record: unknown = reader.get(addressText(address));
    if (record !== null) yield record;
  }
}

// What stands in a file is somebody else's: each value is looked at before it is believed.

function field(record: unknown, name: string): unknown {
  return typeof record === "object" && record !== null ? (record as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function englishName(record: unknown): string | null {
  return text(field(field(record, "names"), "en"));
}

function code(value: unknown): string | null {
  return typeof value === "string" && /^[A-Z]{2}$/.test(value) ? value : null;
}

function degrees(value: unknown, most: number): number | null {
  // Adding 0 makes no difference but to -0, which the database gives back as 0.
  return typeof value === "number" && Math.abs(value) <= most ? Number(value.toFixed(6)) + 0 : null;
}
