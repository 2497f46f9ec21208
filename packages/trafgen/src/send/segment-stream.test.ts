import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readMark } from "../craft/packet-mark.ts";
import { ledgerRows } from "../ledger/ledger-rows.ts";
import { canServe, FAR4, FAR6, FarSite, fromSource, NEAR4, NEAR6 } from "../testing/far-site.ts";

const SCENARIO = `<trafgen cycles="2" pause="100ms"><target sockets="yes"/><traffic>
<stream name="bulk" protocol="tcp" from="${NEAR4}" to="${FAR4}" fromPort="6000-6001" toPort="9009" rate="200pps" packets="100" tos="0x28">
  <uniformSize from="100" to="1400"/></stream>
<stream name="six" protocol="tcp" from="${NEAR6}" to="${FAR6}" fromPort="6100" toPort="9009" rate="50pps" packets="10"><fixedSize bytes="1000"/></stream>
<stream name="nobody" protocol="tcp" from="${NEAR6}" to="${FAR6}" fromPort="6200" toPort="9010" rate="10pps" packets="2"><fixedSize bytes="100"/></stream>
</traffic></trafgen>`;

describe.skipIf(!canServe())("TCP streams through sockets", () => {
  let site: FarSite;
  let ledger: string;
  let said: string;

  beforeAll(async () => {
    site = await FarSite.start([]);
    await site.spawnFar(process.execPath, fromSource("sink-program.ts"));
    const file = join(site.folder, "bulk.xml");
    writeFileSync(file, SCENARIO);
    ledger = join(site.folder, "ledger");
    said = await site.near(process.execPath, [...fromSource("../main.ts"), "-c", file, "-D", ledger, "bulk"]);
    await site.endTap();
  });
  afterAll(() => site?.stop());

  const connections = () => ledgerRows(ledger, "connections");

  test("writes are counted, and those that nobody takes are refused", () => {
    expect(said).toMatch(/1 stream bulk: 200 of 200 packets;/);
    expect(said).toMatch(/2 stream six: 20 of 20 packets;/);
    expect(said).toMatch(/3 stream nobody: 0 of 4 packets \(4 refused\)/);
    // One for each pair of ends and cycle; one for each try where nobody listens.
    const kinds = connections().map(({ server_port, ending }) => `${server_port} ${ending}`);
    expect(kinds.sort()).toEqual([...Array(6).fill("9009 closed"), ...Array(4).fill("9010 refused")]);
  });

  test("the kernel's account of a connection is what the far end received, to the packet", async () => {
    const fields = ["tcp.stream", "tcp.srcport", "tcp.dstport", "tcp.len"];
    const packets = await site.packets("tcp.port == 9009", fields);
    const seen = new Map<string, { port: string; fwd: number; rev: number; bytes: number; back: number }>();
    for (const [stream, from, to, length] of packets) {
      const isForward = to === "9009";
      const line = seen.get(stream!) ?? { port: isForward ? from! : to!, fwd: 0, rev: 0, bytes: 0, back: 0 };
      seen.set(stream!, line);
      line[isForward ? "fwd" : "rev"]++;
      line[isForward ? "bytes" : "back"] += Number(length);
    }
    const told = connections()
      .filter(({ server_port }) => server_port === "9009")
      .map((row) =>
        [row.client_port, row.fwd_packets, row.rev_packets, row.fwd_payload_bytes, row.rev_unique_payload_bytes].join(
          " ",
        ),
      );
    const lines = [...seen.values()].map(({ port, fwd, rev, bytes, back }) => `${port} ${fwd} ${rev} ${bytes} ${back}`);
    expect(told.sort()).toEqual(lines.sort());
    // The scenario's sizes, without 52 and 72 bytes of headers.
    const six = connections().filter(({ client_port }) => client_port === "6100");
    expect(six.map(({ fwd_unique_payload_bytes }) => fwd_unique_payload_bytes)).toEqual(["9280", "9280"]);
  });

  test("the payload begins with the stream's mark, and the ToS is on all of it", async () => {
    const packets = await site.packets("tcp.dstport == 9009 and tcp.len > 0", [
      "tcp.payload",
      "ip.dsfield",
      "tcp.srcport",
    ]);
    const marks = packets.map(([payload]) => readMark(Buffer.from(payload!, "hex")));
    const numbers = marks.filter((mark) => mark?.stream === 2).map((mark) => mark!.number);
    expect(new Set(numbers)).toEqual(new Set(Array.from({ length: 20 }, (_, i) => i + 1)));
    const bulk = packets.filter(([, , port]) => port === "6000" || port === "6001");
    expect(new Set(bulk.map(([, tos]) => Number(tos)))).toEqual(new Set([0x28]));
  });
});
