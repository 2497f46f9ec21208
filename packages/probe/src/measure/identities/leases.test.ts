import { addressText } from "@trafmon/observation";
import { expect, test } from "vitest";
import { KeptObservations } from "../../testing/kept-observations.ts";
import { DHCP_ACK, DHCP_RELEASE, DHCP_REQUEST } from "./dhcp-message.ts";
import { DHCP6_RELEASE, DHCP6_REPLY } from "./dhcp6-message.ts";
import { IdentityTable } from "./identity-table.ts";
import { Leases } from "./leases.ts";

const u32 = (value: number) => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];

/** What leases come to that these datagrams tell of: the last range told of each value. */
function heard(...datagrams: readonly (readonly [s: number, bytes: Uint8Array, family?: 6])[]) {
  const kept = new KeptObservations();
  const table = new IdentityTable(kept, 100, 10);
  const leases = new Leases(table, 3600, 100);
  let clockS = 0;
  for (const [s, bytes, family] of datagrams) {
    if (family === 6) leases.dhcp6(bytes, s, 0);
    else leases.dhcp(bytes, s, 0);
    clockS = s;
    table.sweep(clockS);
  }
  table.finish(clockS + 100);
  const last = new Map<string, string>();
  for (const record of kept.of("ident")) {
    const what = `${addressText(record.address)} ${record.kind} ${record.value} from ${record.valid_from_s}`;
    last.set(what, `${what} to ${record.valid_to_s}`);
  }
  return [...last.values()].sort();
}

interface Fields {
  readonly type: number;
  readonly client: number;
  readonly yours?: number;
  readonly clients?: number;
  readonly leaseS?: number;
  readonly name?: string;
}

function dhcp({ type, client, yours, clients, leaseS, name }: Fields): Uint8Array {
  const options = [53, 1, type];
  if (leaseS !== undefined) options.push(51, 4, ...u32(leaseS));
  if (name !== undefined) options.push(12, name.length, ...Buffer.from(name));
  const bytes = new Uint8Array(240 + options.length + 1);
  bytes.set([type === DHCP_ACK ? 2 : 1, 1, 6, 0, 0, 0, 0, client]);
  if (clients !== undefined) bytes.set([10, 0, 0, clients], 12);
  if (yours !== undefined) bytes.set([10, 0, 0, yours], 16);
  bytes.set([2, 0, 0, 0, 0, client], 28);
  bytes.set([0x63, 0x82, 0x53, 0x63, ...options, 255], 236);
  return bytes;
}

const request = (client: number, name?: string) =>
  dhcp({ type: DHCP_REQUEST, client, ...(name === undefined ? {} : { name }) });
const ack = (client: number, yours: number, leaseS = 86_400) => dhcp({ type: DHCP_ACK, client, yours, leaseS });

test("a lease is of the hardware address, and of the name that the client asked with", () => {
  expect(heard([1000, request(1, "Laptop")], [1001, ack(1, 9)])).toEqual([
    "10.0.0.9 hardware 02:00:00:00:00:01 from 1001 to 1101",
    "10.0.0.9 name laptop from 1001 to 1101",
  ]);
});

test("a renewal goes on with what was, the name too if it is left out", () => {
  const first = [
    [1000, request(1, "laptop")],
    [1001, ack(1, 9, 1200)],
  ] as const;
  expect(heard(...first, [2000, dhcp({ type: DHCP_ACK, client: 1, yours: 9, leaseS: 1200 })])).toEqual([
    "10.0.0.9 hardware 02:00:00:00:00:01 from 1001 to 2100",
    "10.0.0.9 name laptop from 1001 to 2100",
  ]);
});

test("a lease ends when it is released, when another client gets the address, or when its time is over", () => {
  const release = dhcp({ type: DHCP_RELEASE, client: 1, clients: 9 });
  expect(heard([1000, ack(1, 9)], [2500, release])).toEqual(["10.0.0.9 hardware 02:00:00:00:00:01 from 1000 to 2500"]);
  expect(heard([1000, ack(1, 9)], [2500, ack(2, 9)])).toEqual([
    "10.0.0.9 hardware 02:00:00:00:00:01 from 1000 to 2500",
    "10.0.0.9 hardware 02:00:00:00:00:02 from 2500 to 2600",
  ]);
  expect(heard([1000, ack(1, 9, 300)], [5000, ack(1, 8, 300)])).toEqual([
    "10.0.0.8 hardware 02:00:00:00:00:01 from 5000 to 5100",
    "10.0.0.9 hardware 02:00:00:00:00:01 from 1000 to 1300",
  ]);
});

test("another client's release ends nothing, nor do answers that give no address", () => {
  const foreign = dhcp({ type: DHCP_RELEASE, client: 2, clients: 9 });
  expect(heard([1000, ack(1, 9)], [1100, foreign], [1200, dhcp({ type: DHCP_ACK, client: 3 })])).toEqual([
    "10.0.0.9 hardware 02:00:00:00:00:01 from 1000 to 1300",
  ]);
});

const option = (code: number, ...content: readonly number[]) => [0, code, 0, content.length, ...content];

function dhcp6(type: number, validS: number): Uint8Array {
  const address = option(5, 0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 9, ...u32(0), ...u32(validS));
  return Uint8Array.from([
    type,
    0,
    0,
    7,
    ...option(1, 0, 3, 0, 1, 2),
    ...option(3, ...Array<number>(12).fill(0), ...address),
  ]);
}

test("DHCPv6: a lease is of the client's identifier, until it is released or valid no longer", () => {
  const held = "2001:db8::9 duid 00:03:00:01:02 from 1000 to";
  expect(heard([1000, dhcp6(DHCP6_REPLY, 7200), 6])).toEqual([`${held} 1100`]);
  expect(heard([1000, dhcp6(DHCP6_REPLY, 7200), 6], [2500, dhcp6(DHCP6_RELEASE, 0), 6])).toEqual([`${held} 2500`]);
  expect(heard([1000, dhcp6(DHCP6_REPLY, 7200), 6], [2600, dhcp6(DHCP6_REPLY, 0), 6])).toEqual([`${held} 2600`]);
});
