import { fileURLToPath } from "node:url";
import { Dissector, openCapture, PAYLOAD } from "@trafmon/packet";
import { describe, expect, test } from "vitest";
import { type LedgerRow, ledgerRows } from "../ledger/ledger-rows.ts";
import { ledgerFlows } from "../testing/ledger-flows.ts";
import { makeCapture } from "../testing/made-capture.ts";
import { withFolder } from "../testing/temporary-folder.ts";
import { hasTshark, tsharkComplaints, tsharkFields, tsharkFlows, wrongChecksums } from "../testing/tshark.ts";
import { readMark } from "./packet-mark.ts";

const ONE_WAY_PATH = fileURLToPath(new URL("../../../../etc/xml/one-way-path.xml", import.meta.url));
const HOPS = ["office", "backbone", "centre"];
/** Of Ethernet, IP and UDP. */
const HEADERS: Readonly<Record<number, number>> = { 4: 42, 6: 62 };

/** When a tap saw each marked packet, by `stream number`, in order of the file; nanoseconds since the epoch. */
async function sightings(path: string): Promise<Map<string, bigint[]>> {
  const seen = new Map<string, bigint[]>();
  const reader = await openCapture(path);
  const words = new Int32Array(PAYLOAD);
  const dissector = new Dissector();
  do {
    while (reader.next()) {
      const { bytes, offset, capturedBytes, wireBytes, linkType, time } = reader;
      dissector.dissect(bytes, offset, capturedBytes, wireBytes, linkType, words, 0);
      const mark = readMark(bytes.subarray(offset + HEADERS[bytes[offset + 14]! >> 4]!, offset + capturedBytes));
      if (mark === null) continue;
      const key = `${mark.stream} ${mark.number}`;
      seen.set(key, [...(seen.get(key) ?? []), BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanos)]);
    }
  } while (await reader.fill());
  await reader.close();
  return seen;
}

/** Verdicts of one packet by the words of docs/glossary.md, from what three taps saw. */
function expectedVerdicts(seen: readonly (readonly bigint[])[]): string[] {
  const lines: string[] = [];
  for (const [i, j] of [
    [0, 1],
    [1, 2],
    [0, 2],
  ] as const) {
    const [at, then] = [seen[i]!, seen[j]!];
    const copies = `${at.length} ${then.length}`;
    if (at.length > 0 && then.length > 0)
      lines.push(`${i + 1} ${j + 1} matched ${at[0]} ${then[0]! - at[0]!} ${copies}`);
    else if (at.length > 0) {
      const isSeenBehind = seen.slice(j + 1).some((each) => each.length > 0);
      lines.push(`${i + 1} ${j + 1} ${isSeenBehind ? "missed" : "lost"} ${at[0]} null ${copies}`);
    } else if (then.length > 0) lines.push(`${i + 1} ${j + 1} missed ${then[0]} null ${copies}`);
  }
  return lines.sort();
}

test("verdicts of three taps are those of their capture files", () =>
  withFolder(async (folder) => {
    const { path, ledger } = await makeCapture(folder, ONE_WAY_PATH);
    const taps = await Promise.all(HOPS.map((hop) => sightings(path.replace(".pcap", `.${hop}.pcap`))));
    const byPacket = new Map<string, LedgerRow[]>();
    for (const row of ledgerRows(ledger, "verdicts"))
      byPacket.set(row.packet!, [...(byPacket.get(row.packet!) ?? []), row]);
    const packets = ledgerRows(ledger, "packets").filter(({ stream }) => stream === "1" || stream === "2");
    expect(packets.length).toBeGreaterThan(4000);
    const found = { matched: 0, lost: 0, missed: 0 };
    for (const { packet, stream, number } of packets) {
      const rows = byPacket.get(packet!) ?? [];
      for (const row of rows) found[row.verdict as keyof typeof found]++;
      const told = rows.map((row) =>
        [row.from_hop, row.to_hop, row.verdict, row.seen_ns, row.delay_ns, row.from_seen, row.to_seen].join(" "),
      );
      const seen = taps.map((tap) => tap.get(`${stream} ${number}`) ?? []);
      const expected = expectedVerdicts(seen).map((line) => line.replace(" null ", "  "));
      expect(told.sort(), `${stream} ${number}`).toEqual(expected);
    }
    for (const verdict of ["matched", "lost", "missed"] as const) expect(found[verdict], verdict).toBeGreaterThan(10);
  }));

describe.skipIf(!hasTshark())("tshark agrees", () => {
  test("with every flow at every tap, and finds headers right behind routers", () =>
    withFolder(async (folder) => {
      const { path, ledger } = await makeCapture(folder, ONE_WAY_PATH);
      for (const [i, hop] of HOPS.entries()) {
        const file = path.replace(".pcap", `.${hop}.pcap`);
        expect(tsharkFlows(file), hop).toEqual(ledgerFlows(ledger, i + 1));
        expect(wrongChecksums(file), hop).toBe(0);
        expect([...tsharkComplaints(file).keys()].filter((each) => /checksum|malformed/i.test(each))).toEqual([]);
        const ttl = tsharkFields(file, ["ip.ttl", "ipv6.hlim"], "udp.dstport in {16384,9000}");
        const routers = [0, 1, 3][i]!;
        expect(new Set(ttl.map((row) => row["ip.ttl"] || row["ipv6.hlim"])), hop).toEqual(
          new Set([String(64 - routers)]),
        );
      }
    }));
});

test("jitter alone never lets packets overtake each other, and a tap's wrong clock is in its stamps only", () =>
  withFolder(async (folder) => {
    const { path, ledger } = await makeCapture(
      folder,
      `<trafgen><path><hop name="a"/><hop name="b" delay="10ms" jitter="50ms" clockOffset="-70ms"/></path><traffic>
        <stream name="s" from="10.0.0.1" to="10.0.0.2" rate="1kpps" packets="500"><fixedSize bytes="100"/></stream></traffic></trafgen>`,
    );
    const numbers = [...(await sightings(path.replace(".pcap", ".b.pcap"))).keys()].map((key) =>
      Number(key.split(" ")[1]),
    );
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    const delays = ledgerRows(ledger, "verdicts").map((row) => Number(row.delay_ns));
    // Negative delays are kept: the later tap's clock is behind.
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(-60e6);
    expect(Math.max(...delays)).toBeLessThanOrEqual(-10e6);
  }));
