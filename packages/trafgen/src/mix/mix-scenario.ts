/** What is mixed. */
export const MIX_KINDS = ["ping", "dns", "ntp", "snmp", "http", "ftp"] as const;
export type MixKind = (typeof MIX_KINDS)[number];

/** How busy a mixture is. */
export interface MixScenario {
  readonly name: string;
  readonly meaning: string;
  /** Exchanges a second on average, come upon by chance (Poisson): a ping, a lookup, a walk, a page, a file. */
  readonly perS: Readonly<Record<MixKind, number>>;
  /** Exchanges begun in any second, at most. */
  readonly mostPerS: number;
  /** Payload both ways, averaged over a few seconds, at most. */
  readonly mostBitsPerS: number;
  /** Bytes of a file that is uploaded. */
  readonly uploadBytes: { readonly from: number; readonly to: number };
  /** Share of file transfers that are uploads, 0 .. 1. */
  readonly uploads: number;
  /** Requests over one HTTP connection, at most. */
  readonly pageRequests: number;
}

const KB = 1000;
const MB = 1_000_000;
const MBIT = 1_000_000;

export const MIX_SCENARIOS: readonly MixScenario[] = [
  {
    name: "light",
    meaning: "a few people: an exchange or two a second, a file every two minutes",
    perS: { ping: 0.5, dns: 0.5, ntp: 0.05, snmp: 0.2, http: 0.2, ftp: 1 / 120 },
    mostPerS: 5,
    mostBitsPerS: 2 * MBIT,
    uploadBytes: { from: 10 * KB, to: 200 * KB },
    uploads: 0.5,
    pageRequests: 3,
  },
  {
    name: "office",
    meaning: "a floor of an office: names and pages all the time, polled devices, a file every ten seconds",
    perS: { ping: 1, dns: 8, ntp: 0.1, snmp: 2, http: 5, ftp: 0.1 },
    mostPerS: 40,
    mostBitsPerS: 20 * MBIT,
    uploadBytes: { from: 50 * KB, to: 2 * MB },
    uploads: 0.3,
    pageRequests: 6,
  },
  {
    name: "heavy",
    meaning: "a line at its limit: hundreds of exchanges a second, several files at the same time",
    perS: { ping: 10, dns: 100, ntp: 5, snmp: 40, http: 50, ftp: 1 },
    mostPerS: 400,
    mostBitsPerS: 200 * MBIT,
    uploadBytes: { from: 100 * KB, to: 10 * MB },
    uploads: 0.5,
    pageRequests: 10,
  },
  {
    name: "monitoring",
    meaning: "a network management station: pings and SNMP, little else",
    perS: { ping: 5, dns: 0.2, ntp: 0.1, snmp: 10, http: 0.05, ftp: 0 },
    mostPerS: 40,
    mostBitsPerS: 5 * MBIT,
    uploadBytes: { from: 10 * KB, to: 10 * KB },
    uploads: 0,
    pageRequests: 1,
  },
  {
    name: "backup",
    meaning: "a night of backups: large uploads one after the other, and the odd ping",
    perS: { ping: 0.2, dns: 0.1, ntp: 0.02, snmp: 0.1, http: 0, ftp: 0.2 },
    mostPerS: 5,
    mostBitsPerS: 100 * MBIT,
    uploadBytes: { from: 5 * MB, to: 50 * MB },
    uploads: 1,
    pageRequests: 1,
  },
  {
    name: "names",
    meaning: "a busy resolver: hundreds of lookups a second, nothing else",
    perS: { ping: 0, dns: 300, ntp: 0, snmp: 0, http: 0, ftp: 0 },
    mostPerS: 500,
    mostBitsPerS: 10 * MBIT,
    uploadBytes: { from: 0, to: 0 },
    uploads: 0,
    pageRequests: 1,
  },
];
