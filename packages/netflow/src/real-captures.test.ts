import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HOUR_MS } from "./ask/hour-range.ts";
import { FormattedFolder } from "./testing/formatted-folder.ts";
import { NfcapdUnderTest } from "./testing/nfcapd-under-test.ts";
import { nfdumpTotals } from "./testing/nfdump-answer.ts";

/** Captures of others, not in the repository; without them this test is skipped. */
const FOLDER = join(import.meta.dirname, "../../../../shared/data/pcaps");
const captures = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => /\.(pcap|pcapng|cap)$/.test(name)) : [];

let folder: FormattedFolder;

beforeEach(() => {
  folder = new FormattedFolder();
});
afterEach(() => folder.remove());

/** Payloads of the datagrams that a router sent to a collector. */
function exportsIn(capture: string, port: string): Uint8Array[] {
  const words = [
    "-r",
    capture,
    "-Y",
    `udp.dstport == ${port}`,
    "-T",
    "fields",
    "-e",
    "udp.payload",
    "-o",
    "ip.defragment:TRUE",
  ];
  const text = execFileSync("tshark", words, { stdio: ["ignore", "pipe", "ignore"] }).toString();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Buffer.from(line.replaceAll(":", ""), "hex"));
}

test.skipIf(captures.length === 0)(
  "of all captures, as softflowd exports them in v5, v9 and IPFIX and as routers did, every packet and byte is nfdump's",
  async () => {
    const daemon = await NfcapdUnderTest.start(folder.flows);
    let exported = 0;
    for (const name of captures) {
      for (const version of ["5", "9", "10"]) {
        // It cannot read them all: what it has not understood, nfcapd has not got either.
        for (const clock of version === "5" ? [[]] : [[], ["-a"]]) {
          try {
            daemon.softflowd(join(FOLDER, name), "-v", version, ...clock);
            exported++;
          } catch {}
        }
      }
    }
    expect(exported).toBeGreaterThan(captures.length);
    const datagrams = ["netflow_v5.pcap", "netflow_v9.pcap", "ipfix.pcap"].flatMap((name) => {
      const path = join(FOLDER, name);
      const ports = execFileSync("tshark", ["-r", path, "-T", "fields", "-e", "udp.dstport"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      const seen = [...new Set(ports.toString().split("\n"))].filter((port) => /^\d+$/.test(port));
      return seen.flatMap((port) => exportsIn(path, port));
    });
    expect(datagrams.length).toBeGreaterThan(3);
    for (const datagram of datagrams) await daemon.send(datagram);
    await daemon.stop();

    const expected = nfdumpTotals(folder.flows);
    expect(expected.flows).toBeGreaterThan(1000);
    const present = Math.floor(Date.now() / HOUR_MS);
    const totals = { flows: 0, packets: 0n, bytes: 0n };
    let without = 0;
    for (const hour of [present - 2, present - 1, present, present + 1]) {
      const result = await folder.format(hour, hour + 1);
      totals.flows += result.flows;
      totals.packets += result.packets;
      totals.bytes += result.bytes;
      without = Math.max(without, result.faults.get("no packets") ?? 0);
      for (const fault of result.faults.keys()) expect(fault).toBe("no packets");
    }
    expect(folder.spoilt).toEqual([]);
    expect([totals.packets, totals.bytes]).toEqual([expected.packets, expected.bytes]);
    expect(totals.flows + without).toBe(expected.flows);
    expect(folder.totals).toEqual(totals);

    // Once more, an hour at a time or all at once: nothing changes.
    const texts = () => folder.names.map((name) => readFileSync(join(folder.path, name), "utf8"));
    const before = texts();
    expect(await folder.format(present - 2, present + 2)).toMatchObject({ filesWritten: 0, filesFewer: 0 });
    expect(texts()).toEqual(before);
  },
);
