import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { settingsError } from "./errors.ts";

export interface ServiceEntry {
  /** IP protocol number: 6, 17 or 132. */
  readonly protocol: number;
  readonly port: number;
  readonly service: string;
  /** The lower, the better: of two ports of a packet the better one is the server's. */
  readonly precedence: number;
}

const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ["tcp", 6],
  ["udp", 17],
  ["sctp", 132],
]);

/** Which ports are which services, and which of two ports is the server's. */
export class Services {
  readonly entries: readonly ServiceEntry[];
  /** SHA-256 of the entries, hexadecimal: equal where two machines call services the same. */
  readonly hash: string;
  readonly #byPort = new Map<number, (ServiceEntry | undefined)[]>();
  readonly #portsByName = new Map<string, number[]>();

  constructor(entries: readonly ServiceEntry[]) {
    this.entries = entries;
    const hash = createHash("sha256");
    for (const entry of entries) {
      hash.update(`${entry.protocol} ${entry.port} ${entry.service} ${entry.precedence}\n`);
      let ports = this.#byPort.get(entry.protocol);
      if (ports === undefined) {
        ports = new Array<ServiceEntry | undefined>(65536).fill(undefined);
        this.#byPort.set(entry.protocol, ports);
      }
      ports[entry.port] = entry;
      const named = this.#portsByName.get(entry.service) ?? [];
      if (!named.includes(entry.port)) named.push(entry.port);
      this.#portsByName.set(entry.service, named);
    }
    this.hash = hash.digest("hex");
  }

  /**
   * The service of a packet or connection between two ports: the entry whose precedence is better, at a tie the lower
   * port; null when neither port is known. Its `port` tells the server's side. Makes no object.
   */
  serviceOf(protocol: number, portA: number, portB: number): ServiceEntry | null {
    const ports = this.#byPort.get(protocol);
    if (ports === undefined) return null;
    const a = ports[portA];
    const b = ports[portB];
    if (a === undefined) return b ?? null;
    if (b === undefined) return a;
    if (a.precedence !== b.precedence) return a.precedence < b.precedence ? a : b;
    return portA <= portB ? a : b;
  }

  /** Ports of a service of any protocol, rising; empty when there is none of this name. */
  portsOf(service: string): readonly number[] {
    return [...(this.#portsByName.get(service.toLowerCase()) ?? [])].sort((a, b) => a - b);
  }
}

/** The file the product ships. */
export const SHIPPED_SERVICES = fileURLToPath(new URL("../../../etc/services.tsv", import.meta.url));

/**
 * The services file that goes with a configuration file: beside it, or beside its folder when that is called `xml` as
 * in /etc/trafMon/xml/tmon.xml, else the shipped one.
 */
export function findServicesFile(configurationPath: string, exists: (path: string) => boolean = existsSync): string {
  const folder = dirname(configurationPath);
  const beside = [join(folder, "services.tsv")];
  if (basename(folder) === "xml") beside.push(join(dirname(folder), "services.tsv"));
  return beside.find(exists) ?? SHIPPED_SERVICES;
}

/**
 * Reads a services file; without path the shipped one.
 * @throws {CodedError} SETTINGS_UNREADABLE, SETTINGS_SERVICES_INVALID
 */
export function readServices(path: string = SHIPPED_SERVICES): Services {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw settingsError("SETTINGS_UNREADABLE", `cannot read the services ${path}: ${(cause as Error).message}`, cause);
  }
  return parseServices(text, path);
}

/** @throws {CodedError} SETTINGS_SERVICES_INVALID, naming every wrong line */
export function parseServices(text: string, name: string): Services {
  const entries: ServiceEntry[] = [];
  const faults: string[] = [];
  const lineOf = new Map<string, number>();
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const entry = parseEntry(line);
    if (typeof entry === "string") {
      faults.push(`line ${index + 1}: ${entry}`);
      return;
    }
    const key = `${entry.protocol}/${entry.port}`;
    const before = lineOf.get(key);
    if (before !== undefined) faults.push(`line ${index + 1}: the port stands in line ${before} already`);
    lineOf.set(key, index + 1);
    entries.push(entry);
  });
  if (faults.length > 0) {
    throw settingsError("SETTINGS_SERVICES_INVALID", `cannot use the services ${name}: ${faults.join("; ")}`);
  }
  return new Services(entries);
}

function parseEntry(line: string): ServiceEntry | string {
  const [protocol = "", port = "", service = "", precedence = "", ...more] = line.split("\t");
  const number = PROTOCOLS.get(protocol);
  if (number === undefined) return `${JSON.stringify(protocol)} is not one of tcp udp sctp`;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) return `${JSON.stringify(port)} is no port`;
  if (!/^[a-z][a-z0-9._-]{0,31}$/.test(service)) return `${JSON.stringify(service)} is no service name`;
  if (!/^\d{1,5}$/.test(precedence)) return `${JSON.stringify(precedence)} is no precedence`;
  if (more.length > 0) return "there are more than four columns";
  return { protocol: number, port: Number(port), service, precedence: Number(precedence) };
}
