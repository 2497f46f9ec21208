import { readFileSync } from "node:fs";
import { join } from "node:path";
import { smallDisk } from "@trafmon/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { withFolder } from "../testing/temporary-folder.ts";
import { Ledger } from "./ledger.ts";
import { ledgerRows } from "./ledger-rows.ts";
import { FATE, KIND } from "./packet-kind.ts";

const START = { s: 1_767_571_200, nanos: 999_999_999 };

const flowKey = fc.record({
  direction: fc.constantFrom("fwd" as const, "rev" as const),
  protocol: fc.constantFrom(1, 6, 17),
  source: fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
  destination: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  sourcePort: fc.option(fc.constantFrom(1, 65535)),
  destinationPort: fc.option(fc.constantFrom(1, 65535)),
});

test("flows are the sums of the packets that were sent", () =>
  withFolder((folder) => {
    let ledgers = 0;
    const packet = fc.record({
      atNs: fc.integer({ min: 0, max: 90 * 86_400 * 1e9 }),
      flow: fc.nat({ max: 5000 }),
      bytes: fc.integer({ min: 20, max: 65_535 }),
      fate: fc.constantFrom(...Object.values(FATE)),
    });
    fc.assert(
      fc.property(fc.array(flowKey, { minLength: 1, maxLength: 2000 }), fc.array(packet), (keys, packets) => {
        const ledger = new Ledger({ folder: join(folder, String(ledgers++)), start: START });
        packets.forEach(({ atNs, flow, bytes, fate }, i) => {
          const number = ledger.flow(keys[flow % keys.length]!);
          expect(ledger.packet(atNs, number, 1, i + 1, bytes, bytes - 20, KIND.DATA, fate)).toBe(i + 1);
        });
        ledger.close();

        // Added up again from the text of packets.tsv.
        const sums = new Map<string, { packets: number; bytes: number; payload: number; instants: bigint[] }>();
        for (const row of ledgerRows(ledger.folder, "packets")) {
          if (row.fate !== "sent") continue;
          const { direction, protocol, source, source_port, destination, destination_port } = row;
          const key = [direction, protocol, source, source_port, destination, destination_port].join(" ");
          const sum = sums.get(key) ?? { packets: 0, bytes: 0, payload: 0, instants: [] };
          sums.set(key, sum);
          sum.packets++;
          sum.bytes += Number(row.bytes);
          sum.payload += Number(row.payload_bytes);
          sum.instants.push(BigInt(row.instant_ns!));
        }
        const flows = ledgerRows(ledger.folder, "flows");
        expect(flows.length).toBe(sums.size);
        for (const row of flows) {
          const { direction, protocol, source, source_port, destination, destination_port } = row;
          const sum = sums.get([direction, protocol, source, source_port, destination, destination_port].join(" "))!;
          const rising = sum.instants.sort((a, b) => (a < b ? -1 : 1));
          expect(row).toMatchObject({
            hop: "0",
            packets: String(sum.packets),
            bytes: String(sum.bytes),
            payload_bytes: String(sum.payload),
            first_ns: String(rising[0]),
            last_ns: String(rising.at(-1)),
          });
        }
      }),
      { numRuns: 30 },
    );
  }));

test("instants count from the start, exact to the nanosecond", () =>
  withFolder((folder) => {
    const ledger = new Ledger({ folder: join(folder, "ledger"), start: START });
    const flow = ledger.flow({
      direction: "fwd",
      protocol: 17,
      source: Uint8Array.of(192, 0, 2, 1),
      sourcePort: 5000,
      destination: Uint8Array.of(192, 0, 2, 2),
      destinationPort: 9,
    });
    for (const atNs of [0, 1, 8_000_000_000_000_001]) ledger.packet(atNs, flow, 1, 1, 28, 0, KIND.DATA);
    ledger.verdict(1, 1, 2, "matched", 0, -5, 1, 2);
    ledger.verdict(2, 1, 2, "lost", 1, null);
    ledger.close({ program: "trafgen" });
    expect(ledgerRows(ledger.folder, "packets").map((row) => row.instant_ns)).toEqual([
      "1767571200999999999",
      "1767571201000000000",
      "1775571201000000000",
    ]);
    expect(ledgerRows(ledger.folder, "verdicts")).toEqual([
      {
        packet: "1",
        from_hop: "1",
        to_hop: "2",
        verdict: "matched",
        seen_ns: "1767571200999999999",
        delay_ns: "-5",
        from_seen: "1",
        to_seen: "2",
      },
      {
        packet: "2",
        from_hop: "1",
        to_hop: "2",
        verdict: "lost",
        seen_ns: "1767571201000000000",
        delay_ns: null,
        from_seen: "1",
        to_seen: "0",
      },
    ]);
    expect(JSON.parse(readFileSync(join(ledger.folder, "summary.json"), "utf8"))).toMatchObject({
      start: "2026-01-05T00:00:00.999999999Z",
      lines: { packets: 3, flows: 1, verdicts: 2, transfers: 0 },
      program: "trafgen",
    });
  }));

test("every column of transactions, transfers and connections has its value", () =>
  withFolder((folder) => {
    const ledger = new Ledger({ folder: join(folder, "ledger"), start: { s: 1, nanos: 0 } });
    const ends = { client: "192.0.2.1", clientPort: 1, server: "2001:db8::1", serverPort: 2 };
    ledger.transaction({
      ...ends,
      protocol: "dns",
      identifier: "77",
      requestedNs: 3,
      lastRequestedNs: 4,
      repliedNs: 5,
      outcome: "replied",
      repeats: 6,
      duplicateReplies: 7,
      operation: "A a\tb",
      status: "NOERROR",
      name: "n",
      object: "/o",
      version: "v",
      requestBytes: 8,
      replyBytes: 9,
    });
    ledger.transfer({
      ...ends,
      user: "u",
      command: "RETR",
      path: "/x",
      mode: "EPSV",
      dataAddress: "192.0.2.9",
      dataPort: 3,
      bytes: 4,
      outcome: "complete",
      replyCode: 226,
      commandNs: 5,
      dataConnectionNs: 6,
      firstByteNs: 7,
      lastByteNs: 8,
      replyNs: null,
      restartOffset: 10,
    });
    let next = 3;
    const side = () => ({
      packets: next++,
      ipBytes: next++,
      payloadBytes: next++,
      uniquePayloadBytes: next++,
      retransmittedSegments: next++,
      retransmittedBytes: next++,
      outOfOrderSegments: next++,
      duplicateAcks: next++,
      duplicateFrames: next++,
      keepAlives: next++,
      windowProbes: next++,
      zeroWindows: next++,
      sackBlocks: next++,
      dsackBlocks: next++,
      syns: next++,
      fins: next++,
      resets: next++,
    });
    ledger.connection({
      ...ends,
      startNs: 1,
      endNs: 2,
      ending: "half closed",
      serverHandshakeNs: 1,
      clientHandshakeNs: null,
      fwd: side(),
      rev: side(),
    });
    ledger.close();
    expect(Object.values(ledgerRows(ledger.folder, "transactions")[0]!).join(" ")).toBe(
      "dns 192.0.2.1 1 2001:db8::1 2 77 1000000003 1000000004 1000000005 replied 6 7 A a\tb NOERROR n /o v 8 9",
    );
    expect(Object.values(ledgerRows(ledger.folder, "transfers")[0]!).join(" ")).toBe(
      "192.0.2.1 1 2001:db8::1 2 u RETR /x EPSV 192.0.2.9 3 4 complete 226 1000000005 1000000006 1000000007 1000000008  10",
    );
    const [connection] = ledgerRows(ledger.folder, "connections");
    expect(connection).toMatchObject({
      hop: "0",
      ending: "half closed",
      server_handshake_ns: "1",
      client_handshake_ns: null,
    });
    const sides = Object.entries(connection!).filter(([name]) => /^(fwd|rev)_/.test(name));
    expect(sides.map(([, value]) => Number(value))).toEqual(Array.from({ length: 34 }, (_, i) => i + 3));
    expect(connection!.rev_resets).toBe("36");
  }));

test("a disk that is full is told of", () => {
  const disk = smallDisk(512 * 1024);
  if (disk === null) return;
  try {
    const ledger = new Ledger({ folder: join(disk.path, "ledger"), start: START });
    const source = Uint8Array.of(192, 0, 2, 1);
    const ends = { source, destination: source, sourcePort: 1, destinationPort: 2 };
    const flow = ledger.flow({ direction: "fwd", protocol: 17, ...ends });
    const write = () => {
      for (let i = 0; i < 20_000; i++) ledger.packet(i, flow, 1, i, 28, 0, KIND.DATA);
    };
    expect(write).toThrow(expect.objectContaining({ code: "TRAFGEN_LEDGER_UNWRITABLE", exitCode: 74 }));
  } finally {
    disk.remove();
  }
});

test("a ledger is never written over", () =>
  withFolder((folder) => {
    new Ledger({ folder, start: START }).close();
    expect(() => new Ledger({ folder, start: START })).toThrow("there is one already");
    expect(() => new Ledger({ folder: join(folder, "packets.tsv", "x"), start: START })).toThrow("cannot write");
  }));
