import { type ObservationSink, parseAddress } from "@trafmon/observation";
import { CAPTURED_PAYLOAD, FLAG_DUPLICATE, FLAGS, NANOS, PAYLOAD, PORTS, SECONDS } from "@trafmon/packet";
import type { FlowClassSettings, IdentitySettings, Range } from "@trafmon/settings";
import type { PayloadWish } from "../../capture/payload-plan.ts";
import type { StreamConnection } from "../../reassemble/stream-protocol.ts";
import type { WatchedCount } from "../watched-count.ts";
import { readDnsNames } from "./dns-answers.ts";
import { type IdentitySource, IdentityTable } from "./identity-table.ts";
import { Leases } from "./leases.ts";

/** What is spoken on a UDP port, as bits of what a class listens to. */
const DNS = 1;
const MDNS = 2;
const DHCP = 4;
const TLS = 8;
/** DHCPv6, which a class asks for together with DHCP. */
const DHCP6 = 16;

const BITS: Readonly<Record<IdentitySource, number>> = { dns: DNS, mdns: MDNS, dhcp: DHCP | DHCP6, tls: TLS };

const MDNS_PORTS: readonly Range[] = [{ from: 5353, to: 5353 }];
/** Servers, and clients or relays. */
const DHCP_PORTS: readonly Range[] = [{ from: 67, to: 68 }];
const DHCP6_PORTS: readonly Range[] = [{ from: 546, to: 547 }];

const DNS_BYTES = 4096;
const DHCP_BYTES = 1500;

/** `ident` of all classes that ask for it: one table, since an address is the same in each. */
export class Identities {
  /** Whether any class asks for it. */
  readonly isAsked: boolean;
  /** Bits of what each class listens to. Shape: [classes]. */
  readonly #asked: readonly number[];
  /** What is spoken by UDP port. */
  readonly #spoken = new Uint8Array(65_536);
  readonly #table: IdentityTable;
  readonly #leases: Leases;
  readonly #holdS: number;
  readonly #refreshS: number;
  #sweepS = 0;
  #viewed: ArrayBufferLike = new ArrayBuffer(0);
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(classes: readonly Pick<FlowClassSettings, "measure">[], maxIdentities: number, sink: ObservationSink) {
    const settings = classes.flatMap(({ measure }) => measure.identities ?? []);
    this.isAsked = settings.length > 0;
    this.#asked = classes.map(({ measure }) =>
      (measure.identities?.sources ?? []).reduce((bits, source) => bits | BITS[source], 0),
    );
    for (const [bit, ports] of [
      [DHCP, DHCP_PORTS],
      [DHCP6, DHCP6_PORTS],
      [MDNS, MDNS_PORTS],
      [DNS, settings.flatMap(({ dnsPorts }) => dnsPorts)],
    ] as const) {
      for (const { from, to } of ports) this.#spoken.fill(bit, from, to + 1);
    }
    // Where classes differ, what is told less often and held longest counts.
    this.#holdS = Math.max(0, ...settings.map(({ holdS }) => holdS));
    this.#refreshS = Math.max(1, ...settings.map(({ refreshS }) => refreshS));
    this.#table = new IdentityTable(sink, maxIdentities, this.#refreshS);
    this.#leases = new Leases(this.#table, this.#holdS, maxIdentities);
  }

  /** What an operator should hear of. */
  get watched(): WatchedCount {
    return {
      code: "identities_evicted",
      text: "identities of addresses are forgotten to make room; maxIdentities is too small for this traffic",
      counts: () => ({ evicted: this.#table.evicted }),
    };
  }

  /** Whether a UDP packet is of a port that something is heard on. */
  hears(words: Int32Array, at: number): boolean {
    const ports = words[at + PORTS]!;
    return (this.#spoken[ports >>> 16]! | this.#spoken[ports & 0xffff]!) !== 0;
  }

  /** Takes a UDP packet of a class. A class that asks for nothing of it is passed over. */
  datagram(words: Int32Array, at: number, classIndex: number): void {
    const asked = this.#asked[classIndex]!;
    if (asked === 0 || (words[at + FLAGS]! & FLAG_DUPLICATE) !== 0) return;
    const ports = words[at + PORTS]!;
    const fromPort = this.#spoken[ports >>> 16]! & asked;
    const toPort = this.#spoken[ports & 0xffff]! & asked;
    const s = words[at + SECONDS]! >>> 0;
    const nanos = words[at + NANOS]!;
    // Names come from servers; leases are spoken of both ways.
    if (fromPort & (DNS | MDNS)) {
      const source = fromPort & DNS ? "dns" : "mdns";
      this.#names(this.#payload(words, at), source, s, nanos);
    } else if ((fromPort | toPort) & DHCP) this.#leases.dhcp(this.#payload(words, at), s, nanos);
    else if ((fromPort | toPort) & DHCP6) this.#leases.dhcp6(this.#payload(words, at), s, nanos);
  }

  /** What takes DNS messages of a connection's server; null: no class of it asks. */
  namesOf(connection: StreamConnection): ((bytes: Uint8Array, s: number, nanos: number) => void) | null {
    if (!this.#asks(connection, DNS)) return null;
    return (bytes, s, nanos) => this.#names(bytes, "dns", s, nanos);
  }

  /** What takes the name that a server of TLS answered to; null: no class of the connection asks. */
  serverNameOf(connection: StreamConnection): ((name: string, s: number, nanos: number) => void) | null {
    if (!this.#asks(connection, TLS)) return null;
    const { address } = connection.server;
    return (name, s, nanos) => {
      const value = name.replace(/\.$/, "").toLowerCase();
      // RFC 6066 section 3: a name and no address.
      if (s < 0 || parseAddress(value) !== null) return;
      this.#table.observe({ address, kind: "name", value, source: "tls" }, s, nanos, this.#holdS);
    };
  }

  /** The source clock has come to another second. */
  turnTo(clockS: number): void {
    if (!this.isAsked || clockS < this.#sweepS) return;
    this.#table.sweep(clockS);
    this.#sweepS = clockS + Math.min(60, this.#refreshS);
  }

  finish(clockS: number): void {
    this.#table.finish(clockS);
  }

  #asks({ members }: StreamConnection, bit: number): boolean {
    return members.some(({ flowClass }) => (this.#asked[flowClass.index]! & bit) !== 0);
  }

  #names(bytes: Uint8Array, source: "dns" | "mdns", s: number, nanos: number): void {
    readDnsNames(bytes, 0, bytes.length, (address, kind, value, lifeS) => {
      this.#table.observe({ address, kind, value, source }, s, nanos, lifeS);
    });
  }

  #payload(words: Int32Array, at: number): Uint8Array {
    if (this.#viewed !== words.buffer) {
      this.#viewed = words.buffer;
      this.#bytes = new Uint8Array(words.buffer);
    }
    const from = words.byteOffset + (at + PAYLOAD) * 4;
    return this.#bytes.subarray(from, from + words[at + CAPTURED_PAYLOAD]!);
  }
}

/** Captured payload that is wanted. */
export function identityWishes(settings: IdentitySettings | null): readonly PayloadWish[] {
  if (settings === null) return [];
  const { sources, dnsPorts } = settings;
  const wish = (source: IdentitySource, ports: readonly Range[], bytes: number): readonly PayloadWish[] =>
    sources.includes(source) && ports.length > 0 ? [{ protocol: "udp", ports, bytes }] : [];
  return [
    ...wish("dns", dnsPorts, DNS_BYTES),
    ...wish("mdns", MDNS_PORTS, DNS_BYTES),
    ...wish("dhcp", DHCP_PORTS, DHCP_BYTES),
    ...wish("dhcp", DHCP6_PORTS, DHCP_BYTES),
  ];
}

/** TCP ports on which a class asks for a protocol. */
export function identityPorts(settings: IdentitySettings | null, source: "dns" | "tls"): readonly Range[] {
  if (!settings?.sources.includes(source)) return [];
  return source === "dns" ? settings.dnsPorts : settings.tlsPorts;
}
