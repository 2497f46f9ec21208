import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { addressBytes, ethernetIp, ipv4, LINK_ETHERNET, udp } from "@trafmon/packet";
import { hasOptionalPackage } from "@trafmon/testkit";
import { describe, expect, test } from "vitest";
import { liveError } from "./live-errors.ts";
import { loadNativeBinding, NATIVE_BINARY } from "./native-binding.ts";

/** Whether a network namespace can be made and captured in. Prints why not; on a CI machine that is a failure. */
function canCapture(): boolean {
  const reasons: string[] = [];
  if (!existsSync(NATIVE_BINARY)) reasons.push("native/build.mjs has not been run");
  if (spawnSync("unshare", ["-n", "ip", "link", "show"]).status !== 0) reasons.push("no right to make a namespace");
  if (reasons.length === 0) return true;
  const reason = `live capture is not tested: ${reasons.join(", ")}`;
  if (process.env.CI === "true") throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return false;
}

interface Counts {
  /** By the receiving interface's own counter. */
  readonly received: number;
  readonly records: number;
  readonly clocks: number;
  readonly ends: number;
  readonly statistics: readonly {
    readonly interface: string;
    readonly packets: number;
    readonly matched: number;
    readonly kernel_dropped: number;
    readonly card_dropped: number;
    readonly queue_dropped: number;
    readonly ethertypes: Record<string, number>;
  }[];
}

const program = fileURLToPath(new URL("../testing/live-capture-program.ts", import.meta.url));

/** Sends so many packets over a veth pair of its own and captures them. */
async function capture(packets: number, ringBytes: number, consumerDelayMs: number, way = ""): Promise<Counts> {
  const node = [process.execPath, "--import", "tsx", "--conditions=source", program];
  const numbers = [...[packets, ringBytes, consumerDelayMs].map(String), way];
  const { stdout } = await promisify(execFile)("unshare", ["-n", ...node, ...numbers], { timeout: 240_000 });
  return JSON.parse(stdout) as Counts;
}

describe.skipIf(!canCapture())("live capture", () => {
  test("sees every packet that the interface received", async () => {
    const { received, records, clocks, ends, statistics } = await capture(50_000, 16 << 20, 0);
    expect(received).toBe(50_000);
    const sum = (name: "packets" | "matched" | "kernel_dropped" | "card_dropped" | "queue_dropped") =>
      statistics.reduce((total, each) => total + each[name], 0);
    expect(sum("kernel_dropped") + sum("card_dropped") + sum("queue_dropped")).toBe(0);
    expect(sum("packets")).toBe(received);
    expect(sum("matched")).toBe(records);
    expect(records).toBe(received * 0.95);
    expect(statistics.reduce((total, each) => total + (each.ethertypes["88b5"] ?? 0), 0)).toBe(received * 0.05);
    expect(statistics.every((each) => each.interface === "far")).toBe(true);
    expect(clocks).toBeGreaterThanOrEqual(2);
    expect(ends).toBe(1);
  });

  test("drops what a slow reader leaves no room for, and counts it to the packet", async () => {
    const { received, records, statistics } = await capture(100_000, 256 << 10, 20);
    const sum = (name: "packets" | "matched" | "kernel_dropped" | "card_dropped" | "queue_dropped") =>
      statistics.reduce((total, each) => total + each[name], 0);
    expect(sum("queue_dropped")).toBeGreaterThan(0);
    expect(sum("packets") + sum("kernel_dropped") + sum("card_dropped") + sum("queue_dropped")).toBe(received);
    expect(sum("matched")).toBe(records);
  });

  test.skipIf(!hasOptionalPackage("pcap", import.meta.url))("sees the same through the pcap package", async () => {
    const { received, records, statistics } = await capture(20_000, 1, 0, "package");
    expect(received).toBe(20_000);
    expect(statistics.reduce((total, each) => total + each.packets, 0)).toBe(received);
    expect(records).toBe(received * 0.95);
  });

  test("refusals say what to do", () => {
    const binding = loadNativeBinding();
    const refusal = (name: string, filter: string) => {
      try {
        binding.open(name, 65_535, 1 << 20, 10, false, filter);
        return "opened";
      } catch (error) {
        const { code, message } = liveError(name, error);
        return [code, message];
      }
    };
    expect(refusal("nosuch0", "")).toEqual([
      "PROBE_INTERFACE_UNKNOWN",
      expect.stringMatching(/^cannot capture on nosuch0: No such device exists/),
    ]);
    expect(refusal("lo", "no filter at all")).toEqual([
      "PROBE_FILTER_INVALID",
      expect.stringMatching(/^cannot capture on lo: /),
    ]);
  });

  test("a filter passes what it says", () => {
    const binding = loadNativeBinding();
    const frame = ethernetIp(ipv4(addressBytes("10.0.0.1"), addressBytes("10.0.0.2"), udp(1234, 53)));
    const around = Buffer.concat([new Uint8Array(5), frame]);
    const passes = (text: string) =>
      binding.matches(binding.compile(LINK_ETHERNET, 65_535, text), around, 5, frame.length, frame.length);
    expect([passes("udp port 53"), passes("tcp"), passes("host 10.0.0.2")]).toEqual([true, false, true]);
    expect(() => binding.compile(LINK_ETHERNET, 65_535, "udp port")).toThrow();
    // The first part of it alone would be a filter too.
    expect(() => binding.compile(LINK_ETHERNET, 65_535, `udp${" ".repeat(20_000)}port 53`)).toThrow("too long");
  });

  test("the addon refuses handles, buffers and frames that are none", () => {
    const binding = loadNativeBinding();
    const nothing = {} as never;
    expect(() => binding.dispatch(nothing, new ArrayBuffer(8), 0)).toThrow("not a capture handle");
    expect(() => binding.matches(nothing, new Uint8Array(4), 0, 4, 4)).toThrow();
    const { handle } = binding.open("lo", 64, 1 << 20, 10, false, "udp port 9");
    expect(() => binding.inject(handle, new Uint8Array(4), 2, 3)).toThrow("not within");
    expect(binding.dispatch(handle, new ArrayBuffer(16), 0)).toBe(0);
    expect(() => binding.dispatch(handle, new ArrayBuffer(1024), -4)).toThrow("not a place");
    binding.close(handle);
    expect(() => binding.statistics(handle)).toThrow("closed");
  });
});
