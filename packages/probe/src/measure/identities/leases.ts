import { addressText } from "@trafmon/observation";
import { DHCP_ACK, DHCP_DECLINE, DHCP_DISCOVER, DHCP_RELEASE, DHCP_REQUEST, readDhcp } from "./dhcp-message.ts";
import { DHCP6_DECLINE, DHCP6_RELEASE, DHCP6_REPLY, readDhcp6 } from "./dhcp6-message.ts";
import type { Identity, IdentityTable } from "./identity-table.ts";

/** Clients whose names are remembered until a server answers them. */
const MOST_NAMES = 4096;

/** Who holds an address, as what identifies it, and what it calls itself. */
interface Holder {
  readonly client: string;
  readonly identities: readonly Identity[];
}

/** Tells of leases: which client had an address, what it called itself, and until when. */
export class Leases {
  readonly #table: IdentityTable;
  readonly #holdS: number;
  readonly #limit: number;
  /** By address, the least lately given first. */
  readonly #holders = new Map<string, Holder>();
  /** Names that clients gave in what they asked; servers need not repeat them. */
  readonly #names = new Map<string, string>();

  /** `holdS`: for a lease without a time. `limit`: addresses remembered. */
  constructor(table: IdentityTable, holdS: number, limit: number) {
    this.#table = table;
    this.#holdS = holdS;
    this.#limit = limit;
  }

  /** A datagram of DHCP, RFC 2131. */
  dhcp(bytes: Uint8Array, s: number, nanos: number): void {
    const message = readDhcp(bytes);
    if (message === null || message.hardware === "") return;
    const { type, isReply, hardware, yours, clients, leaseS, name, transaction } = message;
    const asker = `${transaction} ${hardware}`;
    if (!isReply) {
      if (type === DHCP_RELEASE || type === DHCP_DECLINE) {
        if (clients !== null) this.#release(clients, hardware, s, nanos);
      } else if (name !== null && (type === DHCP_DISCOVER || type === DHCP_REQUEST)) this.#noteName(asker, name);
      return;
    }
    // BOOTP, which has no message types, answers once. An answer to DHCPINFORM gives no address.
    if ((type !== DHCP_ACK && type !== 0) || yours === null) return;
    const called = this.#names.get(asker) ?? name;
    this.#give(yours, "hardware", hardware, called, s, nanos, leaseS ?? this.#holdS);
  }

  /** A datagram of DHCPv6, RFC 8415. */
  dhcp6(bytes: Uint8Array, s: number, nanos: number): void {
    const message = readDhcp6(bytes);
    if (message === null || message.duid === null) return;
    const { type, duid, addresses, name, transaction } = message;
    const asker = `${transaction} ${duid}`;
    if (type === DHCP6_RELEASE || type === DHCP6_DECLINE) {
      for (const { address } of addresses) this.#release(address, duid, s, nanos);
    } else if (type === DHCP6_REPLY) {
      const called = this.#names.get(asker) ?? name;
      for (const { address, validS } of addresses) {
        if (validS === 0) this.#release(address, duid, s, nanos);
        else this.#give(address, "duid", duid, called, s, nanos, validS);
      }
    } else if (name !== null) this.#noteName(asker, name);
  }

  #give(
    address: Uint8Array,
    kind: "hardware" | "duid",
    client: string,
    name: string | null,
    s: number,
    nanos: number,
    lifeS: number,
  ): void {
    const key = addressText(address);
    const before = this.#holders.get(key);
    const identities: Identity[] = [{ address: address.slice(), kind, value: client, source: "dhcp" }];
    if (name !== null) identities.push({ address: address.slice(), kind: "name", value: name, source: "dhcp" });
    for (const old of before?.identities ?? []) {
      // A renewal may leave the name out; it is still the client's.
      if (name === null && before!.client === client && old.kind === "name") identities.push(old);
      else if (!identities.some(({ kind, value }) => kind === old.kind && value === old.value)) {
        this.#table.end(old, s, nanos);
      }
    }
    this.#holders.delete(key);
    if (this.#holders.size >= this.#limit) {
      const [oldest] = this.#holders.keys();
      this.#holders.delete(oldest!);
    }
    this.#holders.set(key, { client, identities });
    for (const each of identities) this.#table.observe(each, s, nanos, lifeS);
  }

  #release(address: Uint8Array, client: string, s: number, nanos: number): void {
    const key = addressText(address);
    const holder = this.#holders.get(key);
    if (holder?.client !== client) return;
    this.#holders.delete(key);
    for (const each of holder.identities) this.#table.end(each, s, nanos);
  }

  #noteName(asker: string, name: string): void {
    this.#names.delete(asker);
    if (this.#names.size >= MOST_NAMES) {
      const [oldest] = this.#names.keys();
      this.#names.delete(oldest!);
    }
    this.#names.set(asker, name);
  }
}
