import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CLASSES } from "@trafmon/packet";
import { CodedError } from "@trafmon/runtime";
import { expect, test } from "vitest";
import { HeardRecords, hear } from "../testing/heard-records.ts";
import { writeMixedCapture } from "../testing/mixed-capture.ts";
import { withFolder } from "../testing/temporary-folder.ts";
import type { CapturePlan } from "./capture-stage.ts";
import { CaptureThread } from "./capture-thread.ts";
import { FileCapture } from "./file-capture.ts";
import { InlineFeed } from "./inline-feed.ts";
import type { PacketFeed } from "./packet-feed.ts";
import { ALL_PORTS } from "./payload-plan.ts";

const plan: CapturePlan = {
  probe: "probe",
  interfaces: ["eth0"],
  classes: [{ header: "outer", match: { kind: "any" } }],
  payload: [
    [
      { protocol: "tcp", ports: ALL_PORTS, bytes: 16 },
      { protocol: "udp", ports: ALL_PORTS, bytes: 16 },
      { protocol: "icmp", ports: [], bytes: 16 },
    ],
  ],
  followsTcp: false,
  copies: { windowNs: 10_000_000, tapGroupOf: [0, 1] },
  statisticsIntervalS: 60,
};

const packets = 60_000;

function threadOver(path: string): CaptureThread {
  // Room for a few thousand records only, so that the thread has to wait for it many times.
  return new CaptureThread({ plan, source: { kind: "files", files: [{ path, interfaceNumber: 0 }] }, ringBytes: 1 });
}

test("two threads give the records that one gives", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "bench.pcap");
    writeMixedCapture(path, packets);
    const inline = await hear(new InlineFeed(new FileCapture([{ path, interfaceNumber: 0 }]), plan));
    const heard = new HeardRecords();
    let calls = 0;
    // Now and then the reader holds the writer back.
    await threadOver(path).run(async (words, from, until) => {
      if (++calls % 100 === 0) await setTimeout(2);
      heard.consume(words, from, until);
    });
    expect(heard.ends).toBe(1);
    expect(heard.statistics).toEqual(inline.statistics);
    expect(heard.packets.length).toBe(packets);
    const different = heard.packets.findIndex(
      ({ seconds, nanos, ports }, index) =>
        seconds !== inline.packets[index]!.seconds ||
        nanos !== inline.packets[index]!.nanos ||
        ports !== inline.packets[index]!.ports,
    );
    expect(different).toBe(-1);
  });
});

// Sizes around one at which the ring is full when the file ends.
test.each([3680, 3700, 3715])(
  "a slow reader gets all %i packets of a file that ends while the ring is full",
  async (count) => {
    await withFolder(async (folder) => {
      const path = join(folder, "bench.pcap");
      writeMixedCapture(path, count);
      const heard = new HeardRecords();
      await threadOver(path).run(async (words, from, until) => {
        await setTimeout(30);
        heard.consume(words, from, until);
      });
      expect([heard.packets.length, heard.sum("packets"), heard.ends]).toEqual([count, count, 1]);
    });
  },
);

test("a capture is read from standard input too", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "piped.pcap");
    writeMixedCapture(path, 5000);
    const program = fileURLToPath(new URL("../testing/piped-capture-program.ts", import.meta.url));
    const node = ["--import", "tsx", "--conditions=source", program];
    expect(execFileSync(process.execPath, node, { input: readFileSync(path), encoding: "utf8" })).toBe("5000\n");
  });
});

const udpAndAll: CapturePlan = {
  ...plan,
  classes: [{ header: "outer", match: { kind: "protocol", protocols: [17] } }, ...plan.classes],
  payload: [[], []],
};

test.each([
  ["a thread", threadOver],
  ["one thread", (path: string) => new InlineFeed(new FileCapture([{ path, interfaceNumber: 0 }]), plan)],
] as const)("other classes take over at one place in the records, in %s", async (_, feedOver) => {
  await withFolder(async (folder) => {
    const path = join(folder, "mixed.pcap");
    writeMixedCapture(path, packets);
    const feed: PacketFeed = feedOver(path);
    let heard = new HeardRecords();
    const before = heard;
    let hasAsked = false;
    await feed.run((words, from, until) => {
      heard.consume(words, from, until);
      if (hasAsked) return;
      hasAsked = true;
      feed.usePlan(udpAndAll, () => {
        heard = new HeardRecords();
      });
    });
    const masksOf = ({ packets }: HeardRecords) => [...new Set(packets.map(({ words }) => words[CLASSES]))].sort();
    expect(heard).not.toBe(before);
    expect(masksOf(before)).toEqual([1]);
    expect(masksOf(heard)).toEqual([2, 3]);
    expect(before.packets.length + heard.packets.length).toBe(packets);
    expect(before.sum("packets") + heard.sum("packets")).toBe(packets);
  });
});

test("stopping ends it soon, with the statistics of what was captured", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "bench.pcap");
    writeMixedCapture(path, packets);
    const thread = threadOver(path);
    const heard = new HeardRecords();
    await thread.run((words, from, until) => {
      heard.consume(words, from, until);
      thread.stop();
    });
    expect(heard.packets.length).toBeGreaterThan(0);
    expect(heard.packets.length).toBeLessThan(packets);
    expect(heard.packets.length).toBe(heard.sum("packets"));
    expect(heard.ends).toBe(1);
  });
});

test("what the operator can act on comes out of the thread as a coded error", async () => {
  const error = await threadOver("/nowhere/x.pcap")
    .run(() => {})
    .catch((e) => e);
  expect(error).toBeInstanceOf(CodedError);
  expect([error.code, error.exitCode]).toEqual(["PROBE_CAPTURE_FILE_UNREADABLE", 74]);
});

test("an error of the consumer ends the thread", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "bench.pcap");
    writeMixedCapture(path, packets);
    await expect(
      threadOver(path).run(() => {
        throw new Error("broken consumer");
      }),
    ).rejects.toThrow("broken consumer");
  });
});
