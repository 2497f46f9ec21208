import { existsSync } from "node:fs";
import { join } from "node:path";
import { addressBytes, ethernet, ethernetIp, ipv4, LINK_RAW, PcapWriter, tcp, udp } from "@trafmon/packet";
import { expect, test } from "vitest";
import { HeardRecords } from "../testing/heard-records.ts";
import { withFolder } from "../testing/temporary-folder.ts";
import type { CapturePlan } from "./capture-stage.ts";
import { CaptureThread } from "./capture-thread.ts";
import { NATIVE_BINARY } from "./native-binding.ts";
import type { FilteredInterface } from "./replay-filters.ts";

const isBuilt = existsSync(NATIVE_BINARY);
if (!isBuilt) process.stderr.write("skipped: native/build.mjs has not been run, filters in replay are not tested\n");

const plan: CapturePlan = {
  probe: "probe",
  interfaces: ["eth0", "eth1"],
  classes: [{ header: "outer", match: { kind: "any" } }],
  payload: [[]],
  followsTcp: false,
  copies: null,
  statisticsIntervalS: 60,
};

const [from, to] = [addressBytes("10.0.0.1"), addressBytes("10.0.0.2")];
const segment = ipv4(from, to, tcp({ sourcePort: 9, destinationPort: 80 }));
const arp = ethernet(0x0806, new Uint8Array(46));

/** What comes of an Ethernet file on the first interface and a raw IP file on the second one, 4 and 2 frames. */
async function hearBoth(filters: readonly FilteredInterface[]): Promise<HeardRecords> {
  return withFolder(async (folder) => {
    const [first, second] = [join(folder, "a.pcap"), join(folder, "b.pcap")];
    const ethernetFile = new PcapWriter(first);
    for (const frame of [ethernetIp(ipv4(from, to, udp(5, 53))), ethernetIp(segment), arp, ethernetIp(segment)]) {
      ethernetFile.write(1_700_000_000, 0, frame);
    }
    ethernetFile.close();
    const rawFile = new PcapWriter(second, { linkType: LINK_RAW });
    for (const frame of [ipv4(from, to, udp(5, 53)), segment]) rawFile.write(1_700_000_000, 0, frame);
    rawFile.close();
    const files = [first, second].map((path, interfaceNumber) => ({ path, interfaceNumber }));
    const heard = new HeardRecords();
    await new CaptureThread({ plan, source: { kind: "files", files, filters }, ringBytes: 1 }).run(heard.consume);
    return heard;
  });
}

test.skipIf(!isBuilt)("a file has what its interface's filter lets through, and the rest is in no count", async () => {
  const filtered = await hearBoth([
    { name: "eth0", filter: "tcp port 80" },
    { name: "eth1", filter: "udp" },
  ]);
  expect(filtered.packets.map(({ interfaceNumber }) => interfaceNumber)).toEqual([0, 0, 1]);
  expect(filtered.sum("packets")).toBe(3);
  expect(filtered.sum("non_ip")).toBe(0);
});

test("an interface without a filter lets everything through", async () => {
  const all = await hearBoth([
    { name: "eth0", filter: "" },
    { name: "eth1", filter: "" },
  ]);
  expect(all.packets).toHaveLength(5);
  expect(all.sum("packets")).toBe(6);
});

test.skipIf(!isBuilt)("a filter that does not fit the link type is refused", async () => {
  const interfaces = [
    { name: "eth0", filter: "" },
    { name: "eth1", filter: "ether host 00:00:00:00:00:01" },
  ];
  const error = await hearBoth(interfaces).catch((caught) => caught);
  expect([error.code, error.exitCode]).toEqual(["PROBE_FILTER_INVALID", 78]);
  expect(error.message).toMatch(/^cannot apply the filter of eth1 to a capture of link type 101: /);
});
