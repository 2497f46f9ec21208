import { existsSync } from "node:fs";
import { join } from "node:path";
import { ethernetIp, ipv4, PcapWriter, TCP_ACK, TCP_SYN, tcp, udp } from "@trafmon/packet";
import type { FlowClassSettings } from "@trafmon/settings";
import { expect, test } from "vitest";
import { FileCapture } from "../capture/file-capture.ts";
import { InlineFeed } from "../capture/inline-feed.ts";
import { ALL_MEASUREMENTS, analysisSettings, FIVE_TUPLE, flowClass } from "../testing/analysis-settings.ts";
import { KeptObservations } from "../testing/kept-observations.ts";
import { withFolder } from "../testing/temporary-folder.ts";
import { Analysis } from "./analysis.ts";

async function analyse(path: string, classes: readonly FlowClassSettings[]): Promise<KeptObservations> {
  const settings = analysisSettings(classes);
  const kept = new KeptObservations();
  const analysis = new Analysis(settings, { sink: kept, serviceOf: () => null });
  const feed = new InlineFeed(new FileCapture([{ path, interfaceNumber: 0 }]), {
    probe: "north",
    interfaces: settings.interfaces.map(({ name }) => name),
    classes,
    payload: classes.map(() => []),
    followsTcp: false,
    copies: { windowNs: 10_000_000, tapGroupOf: [0, 1] },
    statisticsIntervalS: 60,
  });
  await feed.run((words, from, until) => analysis.consume(words, from, until));
  analysis.finish();
  return kept;
}

const outer = flowClass({ name: "outer", measure: ALL_MEASUREMENTS });
const inner = flowClass({
  name: "inner",
  account: false,
  header: "inner",
  partition: FIVE_TUPLE,
  measure: ALL_MEASUREMENTS,
});

/** Sum of a column of `ipct` over the flows of a class. */
function sumOf(kept: KeptObservations, name: string, column: "packets" | "bytes" | "duplicate_packets"): number {
  const flows = new Set(
    kept
      .of("flow")
      .filter((each) => each.class === name)
      .map(({ flow_id }) => flow_id),
  );
  return kept
    .of("ipct")
    .filter(({ flow_id }) => flows.has(flow_id))
    .reduce((sum, each) => sum + each[`fwd_${column}`] + each[`rev_${column}`], 0);
}

const hosts = [Uint8Array.of(192, 0, 2, 1), Uint8Array.of(198, 51, 100, 1)] as const;
const near = Uint8Array.of(10, 0, 0, 1);
const far = Uint8Array.of(10, 0, 0, 2);

/** A frame of a network within VXLAN. */
function overlay(number: number, from: Uint8Array, to: Uint8Array, fields: Parameters<typeof tcp>[0]): Uint8Array {
  const frame = ethernetIp(ipv4(from, to, tcp(fields), { identification: fields.sequence! & 0xffff }));
  const header = Uint8Array.of(8, 0, 0, 0, 0, 0, number, 0);
  return ethernetIp(ipv4(...hosts, udp(50_000, 4789, Buffer.concat([header, frame])), { identification: number }));
}

test("connections of one address pair in two tunnels are two, each with its tunnel's number; volumes stay the outer ones", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "overlay.pcap");
    const writer = new PcapWriter(path);
    const ports = { sourcePort: 40_000, destinationPort: 80 };
    const back = { sourcePort: 80, destinationPort: 40_000 };
    let bytes = 0;
    const send = (atMs: number, frame: Uint8Array) => {
      writer.write(1_700_000_000, atMs * 1_000_000, frame);
      bytes += frame.length - 14;
    };
    for (const [number, initial] of [
      [5, 1000],
      [6, 9000],
    ] as const) {
      const delay = number * 10;
      send(delay, overlay(number, near, far, { ...ports, sequence: initial, flags: TCP_SYN }));
      send(
        delay + 1,
        overlay(number, far, near, { ...back, sequence: 50, acknowledgement: initial + 1, flags: TCP_SYN | TCP_ACK }),
      );
      send(
        delay + 2,
        overlay(number, near, far, { ...ports, sequence: initial + 1, acknowledgement: 51, flags: TCP_ACK }),
      );
    }
    for (const [number, initial] of [
      [5, 1001],
      [6, 9001],
      [5, 1011],
      [6, 9011],
    ] as const) {
      const payload = new Uint8Array(10);
      send(
        100 + number,
        overlay(number, near, far, { ...ports, sequence: initial, acknowledgement: 51, flags: TCP_ACK, payload }),
      );
    }
    // Outside any tunnel: its own innermost.
    send(200, ethernetIp(ipv4(near, far, tcp({ ...ports, sequence: 7, flags: TCP_ACK }))));
    writer.close();

    const kept = await analyse(path, [outer, inner]);
    expect([sumOf(kept, "outer", "packets"), sumOf(kept, "outer", "bytes")]).toEqual([11, bytes]);
    expect(sumOf(kept, "inner", "packets")).toBe(11);
    expect(sumOf(kept, "inner", "bytes")).toBe(bytes - 10 * (20 + 8 + 8 + 14));
    const connections = kept
      .of("tcpcx")
      .map((each) => [each.tunnel, each.fwd_packets + each.rev_packets, each.established]);
    expect(connections.sort()).toEqual([
      [null, 1, false],
      [5, 5, true],
      [6, 5, true],
    ]);
    expect(kept.sum("tcpct", "fwd_retransmitted_segments")).toBe(0);
    expect(kept.of("capst")[0]).toMatchObject({
      packets: 11,
      ip_packets: 11,
      matched: 11,
      unmatched: 0,
      ip_bytes: bytes,
    });
    expect(kept.sum("capst", "fwd_packets") + kept.sum("capst", "rev_packets")).toBe(11);

    // Without an outer class that takes them, the frames are matched by what is inside.
    const https = { ...outer, match: { kind: "port", side: "either", ranges: [{ from: 443, to: 443 }] } } as const;
    const alone = await analyse(path, [https, inner]);
    expect(alone.of("capst")[0]).toMatchObject({ matched: 11, unmatched: 0 });
    expect(sumOf(alone, "inner", "packets")).toBe(11);
    expect(alone.of("tcpcx")).toHaveLength(3);
  });
});

test("a copied frame has a copy inside", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "copied.pcap");
    const writer = new PcapWriter(path);
    const frame = overlay(5, near, far, { sourcePort: 1, destinationPort: 2, sequence: 7, flags: TCP_ACK });
    // The same packet in another tunnel is no copy.
    const other = overlay(6, near, far, { sourcePort: 1, destinationPort: 2, sequence: 7, flags: TCP_ACK });
    [frame, frame, other].forEach((each, index) => {
      writer.write(1_700_000_000, index * 1000, each);
    });
    writer.close();
    const kept = await analyse(path, [outer, inner]);
    expect([sumOf(kept, "outer", "duplicate_packets"), sumOf(kept, "inner", "duplicate_packets")]).toEqual([1, 1]);
  });
});

const SHARED = join(import.meta.dirname, "../../../../../shared/data/pcaps");

test.skipIf(!existsSync(SHARED)).each(["6in4_tunnel.pcap", "gre.cap", "ipip.pcap", "ip4_fragments_overlap.pcap"])(
  "%s: an inner class changes nothing in what the account class counts",
  async (name) => {
    const path = join(SHARED, name);
    const [alone, both] = [await analyse(path, [outer]), await analyse(path, [outer, inner])];
    for (const column of ["packets", "bytes", "duplicate_packets"] as const) {
      expect(sumOf(both, "outer", column)).toBe(sumOf(alone, "outer", column));
    }
    expect(both.sum("capst", "matched")).toBe(alone.sum("capst", "matched"));
    expect(both.sum("capst", "ip_bytes")).toBe(sumOf(both, "outer", "bytes"));
    expect(sumOf(both, "inner", "packets")).toBe(sumOf(both, "outer", "packets"));
  },
);
