import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Dissector, openCapture, PAYLOAD } from "@trafmon/packet";
import { describe, expect, test } from "vitest";
import { ledgerRows } from "../ledger/ledger-rows.ts";
import { ledgerFlows } from "../testing/ledger-flows.ts";
import { makeCapture } from "../testing/made-capture.ts";
import { withFolder } from "../testing/temporary-folder.ts";
import { hasTshark, tsharkComplaints, tsharkFields, tsharkFlows, wrongChecksums } from "../testing/tshark.ts";
import { readMark } from "./packet-mark.ts";

const WORST_CASE = fileURLToPath(new URL("../../../../etc/xml/worst-case.xml", import.meta.url));

const stream = (attributes: string, size = '<fixedSize bytes="100"/>') =>
  `<trafgen><traffic><stream name="s" from="10.0.0.1" to="10.0.0.2" ${attributes}>${size}</stream></traffic></trafgen>`;

/** Instants of a file's packets, nanoseconds after its beginning. */
async function instantsOf(path: string): Promise<number[]> {
  const reader = await openCapture(path);
  const instants: number[] = [];
  do {
    while (reader.next()) instants.push((reader.time.seconds - 1_767_571_200) * 1e9 + reader.time.nanos);
  } while (await reader.fill());
  await reader.close();
  return instants;
}

const digest = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

test("the same scenario gives the same bytes, in the capture and in the ledger; another seed gives others", () =>
  withFolder(async (folder) => {
    const [one, two] = [await makeCapture(folder, WORST_CASE), await makeCapture(folder, WORST_CASE)];
    expect(digest(two.path)).toBe(digest(one.path));
    for (const file of readdirSync(one.ledger).filter((each) => each !== "summary.json"))
      expect(digest(join(two.ledger, file)), file).toBe(digest(join(one.ledger, file)));
    const text = readFileSync(WORST_CASE, "utf8").replace('seed="7"', 'seed="8"');
    expect(digest((await makeCapture(folder, text)).path)).not.toBe(digest(one.path));
  }));

test("packets are due at the nanosecond that the rate says, without drift, also across cycles", () =>
  withFolder(async (folder) => {
    const text = stream('rate="3pps" duration="1s" start="10ms"').replace(
      "<trafgen>",
      '<trafgen cycles="2" pause="5ms">',
    );
    const { path } = await makeCapture(folder, text);
    // The second cycle begins when the first one's last packet has had its time.
    const cycle = [0, 333_333_333, 666_666_667].map((ns) => ns + 10_000_000);
    expect(await instantsOf(path)).toEqual([...cycle, ...cycle.map((ns) => ns + 1_015_000_000)]);
  }));

test("a rate in bits follows the sizes, and bursts keep it between their pauses", () =>
  withFolder(async (folder) => {
    const sizes = '<uniformSize from="100" to="1500"/>';
    const even = await makeCapture(folder, stream('rate="8Mbit" duration="4s"', sizes));
    const bytes = ledgerRows(even.ledger, "packets").reduce((sum, row) => sum + Number(row.bytes), 0);
    expect(Math.abs(bytes - 4_000_000)).toBeLessThan(1500);
    const bursts = await makeCapture(folder, stream('rate="1kpps" on="10ms" off="90ms" duration="1s"'));
    const instants = await instantsOf(bursts.path);
    expect(instants).toEqual(Array.from({ length: 100 }, (_, i) => Math.floor(i / 10) * 1e8 + (i % 10) * 1e6));
  }));

test("chance keeps its mean: poisson arrivals, exponential bursts, imix", () =>
  withFolder(async (folder) => {
    const poisson = await makeCapture(folder, stream('rate="1kpps" arrivals="poisson" duration="20s"', "<imix/>"));
    const rows = ledgerRows(poisson.ledger, "packets");
    // Five standard deviations of a Poisson count.
    expect(Math.abs(rows.length - 20_000)).toBeLessThan(5 * Math.sqrt(20_000));
    const share = (bytes: number) => rows.filter((row) => Number(row.bytes) === bytes).length / rows.length;
    expect(share(40)).toBeCloseTo(7 / 12, 1);
    expect(share(576)).toBeCloseTo(4 / 12, 1);
    expect(share(1500)).toBeCloseTo(1 / 12, 1);
    const mean = 'rate="1kpps" on="10ms" off="30ms" burstLengths="exponential" duration="60s"';
    const bursts = ledgerRows((await makeCapture(folder, stream(mean))).ledger, "packets");
    expect(bursts.length / 15_000).toBeGreaterThan(0.85);
    expect(bursts.length / 15_000).toBeLessThan(1.15);
  }));

test("every packet with room for it bears its mark", () =>
  withFolder(async (folder) => {
    const sizes = '<histogram><bin bytes="28" upTo="90" weight="1"/></histogram>';
    const { path, ledger } = await makeCapture(folder, stream('rate="100pps" packets="500"', sizes));
    const reader = await openCapture(path);
    const dissector = new Dissector();
    const words = new Int32Array(PAYLOAD);
    const rows = ledgerRows(ledger, "packets");
    let marked = 0;
    let frames = 0;
    do {
      while (reader.next()) {
        const { bytes, offset, capturedBytes, wireBytes, linkType } = reader;
        dissector.dissect(bytes, offset, capturedBytes, wireBytes, linkType, words, 0);
        const row = rows[frames++]!;
        const mark = readMark(bytes.subarray(offset + 14 + 28, offset + capturedBytes));
        if (Number(row.payload_bytes) < 28) expect(mark).toBeNull();
        else {
          marked++;
          expect(mark).toMatchObject({ stream: 1, number: Number(row.number) });
          expect(BigInt(mark!.sent.s) * 1_000_000_000n + BigInt(mark!.sent.nanos)).toBe(BigInt(row.instant_ns!));
        }
      }
    } while (await reader.fill());
    await reader.close();
    expect(marked).toBeGreaterThan(200);
  }));

describe.skipIf(!hasTshark())("tshark agrees", () => {
  test("with every flow of the worst case, and finds nothing wrong in it", () =>
    withFolder(async (folder) => {
      const { path, ledger } = await makeCapture(folder, WORST_CASE);
      expect(wrongChecksums(path)).toBe(0);
      expect(tsharkComplaints(path)).toEqual(new Map());
      const flows = ledgerFlows(ledger);
      expect(flows.length).toBeGreaterThan(10_000);
      expect(tsharkFlows(path)).toEqual(flows);
    }));

  test.each([
    [
      "IPv4 UDP",
      'rate="1kpps" packets="300" ttl="9" dscp="af41" vlan="77" fromPort="5-6" dontFragment="yes"',
      "ip.ttl == 9 and ip.dsfield.dscp == 34 and ip.dsfield.ecn == 0 and vlan.id == 77 and udp.srcport in {5,6} and ip.flags.df == 1 and udp.checksum.status == 1",
    ],
    [
      "without checksum",
      'rate="1kpps" packets="300" checksum="no" tos="0xff"',
      "udp.checksum == 0 and ip.dsfield == 0xff and ip.flags.df == 0",
    ],
    [
      "TCP",
      'rate="1kpps" packets="300" protocol="tcp" flags="fin psh urg" payload="random"',
      "tcp.flags == 0x029 and tcp.ack_raw == 0 and tcp.checksum.status == 1",
    ],
    ["zeros", 'rate="1kpps" packets="300" payload="zeros"', "udp.checksum.status == 1"],
  ])("with what is asked for: %s", (_, attributes, filter) =>
    withFolder(async (folder) => {
      const sizes = '<uniformSize from="40" to="1500"/>';
      for (const text of [stream(attributes, sizes), stream(attributes, sizes).replaceAll("10.0.0.", "2001:db8::")]) {
        const isV6 = text.includes("2001");
        const asked = isV6
          ? filter
              .replaceAll("ip.ttl", "ipv6.hlim")
              .replaceAll("ip.dsfield ==", "ipv6.tclass ==")
              .replaceAll("ip.dsfield.", "ipv6.tclass.")
              .replaceAll(/ and ip\.flags\.df == \d/g, "")
              .replace("udp.checksum == 0", "udp.checksum.status == 1")
          : filter;
        const { path, ledger } = await makeCapture(folder, isV6 ? text.replace('from="40"', 'from="60"') : text);
        expect(wrongChecksums(path)).toBe(0);
        expect(tsharkFields(path, ["frame.number"], asked).length).toBe(300);
        expect(tsharkFlows(path)).toEqual(ledgerFlows(ledger));
      }
    }),
  );

  test("with the fragments of datagrams larger than the mtu, which come together again", () =>
    withFolder(async (folder) => {
      for (const ends of ["10.0.0", "2001:db8::"]) {
        const text = stream('rate="1kpps" packets="50" dontFragment="yes"', '<uniformSize from="1400" to="65000"/>')
          .replaceAll("10.0.0.", ends === "10.0.0" ? "10.0.0." : ends)
          .replace("<trafgen>", '<trafgen mtu="1280">');
        const { path, ledger } = await makeCapture(folder, text);
        expect(tsharkComplaints(path)).toEqual(new Map());
        const whole = tsharkFields(path, ["udp.length", "udp.checksum.status"], "udp");
        expect(whole.map((row) => row["udp.checksum.status"])).toEqual(Array(50).fill("1"));
        const payload = whole.reduce((sum, row) => sum + Number(row["udp.length"]) - 8, 0);
        const rows = ledgerRows(ledger, "packets");
        expect(rows.reduce((sum, row) => sum + Number(row.payload_bytes), 0)).toBe(payload);
        expect(rows.every((row) => Number(row.bytes) <= 1280)).toBe(true);
        expect(new Set(rows.map((row) => row.number)).size).toBe(50);
        expect(tsharkFlows(path)).toEqual(ledgerFlows(ledger));
      }
    }));
});
