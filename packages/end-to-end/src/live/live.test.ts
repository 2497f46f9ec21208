import { execFileSync, spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { unpackedTool } from "@trafmon/testkit";
import { afterEach, describe, expect, test } from "vitest";
import type { LogRecords } from "../read/log-records.ts";
import { ip } from "../truth/network/namespace.ts";
import { canMakeNamespaces } from "./can-make-namespaces.ts";
import { captureSum, LiveSite, makeSilentWire, unprivileged } from "./live-site.ts";

const PLAIN = ['<interface name="in0"/>'];
const DROPS = ["kernel_dropped", "card_dropped", "queue_dropped"] as const;

let live: LiveSite;
afterEach(async () => {
  await live?.remove();
});

/** Asks until there is an answer. */
async function until<T>(ask: () => Promise<T | false>): Promise<T> {
  for (const limitMs = Date.now() + 240_000; Date.now() < limitMs; await delay(100)) {
    const answer = await ask();
    if (answer !== false) return answer;
  }
  throw new Error("it does not come to that");
}

const events = (records: LogRecords, code: string) => records.of("event").filter((event) => event.code === code);

describe.skipIf(!canMakeNamespaces())("a probe on live interfaces", () => {
  test("each interface has its own filter, and what it received is captured to the packet", async () => {
    live = await LiveSite.make({
      interfaces: [
        '<interface name="in0" snapLength="64" buffer="16MiB"/>',
        '<interface name="in1" filter="udp dst port 9"/>',
      ],
      ring: "16MiB",
    });
    await live.site.startCollector();
    const probe = await live.site.startProbe("live");
    await Promise.all([live.flood(0, 40_000, 20_000), live.flood(1, 20_000, 10_000)]);
    // Stopped while frames still lie in the kernel's buffer.
    const records = await live.end(probe);
    expect([live.received("in0"), live.received("in1")]).toEqual([40_000, 20_000]);
    expect(captureSum(records, "in0", "packets")).toBe(40_000);
    expect(captureSum(records, "in1", "packets")).toBe(15_000);
    expect(captureSum(records, "in0", ...DROPS) + captureSum(records, "in1", ...DROPS)).toBe(0);
    expect(events(records, "packets_dropped")).toEqual([]);
    const counted = records.of("ipct").reduce((sum, row) => sum + Number(row.fwd_packets) + Number(row.rev_packets), 0);
    expect(counted).toBe(55_000);
  });

  test.each([
    ["kernel", "1MiB", "64MiB"],
    ["queue", "64MiB", "1MiB"],
  ])("what finds the %s's buffer full is counted to the packet, and told", async (where, buffer, ring) => {
    live = await LiveSite.make({ interfaces: [`<interface name="in0" buffer="${buffer}"/>`], ring });
    await live.site.startCollector();
    const probe = await live.site.startProbe("live");
    // Held up like this the probe reads nothing at all; when it goes on, it reads faster than its analysis.
    probe.kill("SIGSTOP");
    await live.flood(0, 200_000, 200_000);
    probe.kill("SIGCONT");
    await live.flood(0, 50_000, 100_000);
    const records = await live.end(probe);
    // The kernel's own way from one end of the wire to the other has little room where a flood finds the machine busy.
    const received = live.received("in0");
    expect(received).toBeGreaterThan(200_000);
    expect(captureSum(records, "in0", "packets", ...DROPS)).toBe(received);
    expect(captureSum(records, "in0", `${where}_dropped`)).toBeGreaterThan(1000);
    expect(captureSum(records, "in0", "matched")).toBe(
      records.of("ipct").reduce((sum, row) => sum + Number(row.fwd_packets) + Number(row.rev_packets), 0),
    );
    const told = events(records, "packets_dropped");
    expect(told.every(({ origin, severity }) => origin === "in0" && severity === "warning")).toBe(true);
    const dropped = told
      .map(({ parameters }) => JSON.parse(parameters!))
      .map(({ kernel, card, queue }) => kernel + card + queue);
    expect(dropped.reduce((one, other) => one + other)).toBe(captureSum(records, "in0", ...DROPS));
  });

  test("an interface that goes down, or away, and comes back is captured on again", async () => {
    live = await LiveSite.make({ interfaces: PLAIN, ring: "16MiB" });
    const { space } = live;
    await live.site.startCollector();
    const probe = await live.site.startProbe("live");
    await live.flood(0, 1000, 10_000);
    ip("-n", space.name, "link", "set", "in0", "down");
    await live.heard("an interface has failed");
    ip("-n", space.name, "link", "set", "in0", "up");
    await live.heard("an interface is back");
    await live.flood(0, 500, 10_000);
    const before = live.received("in0");
    ip("-n", space.name, "link", "del", "in0");
    await live.heard("an interface has failed", 2);
    makeSilentWire(space, 0);
    await live.heard("an interface is back", 2);
    await live.flood(0, 250, 10_000);
    const records = await live.end(probe);
    expect(before).toBe(1500);
    expect(captureSum(records, "in0", "packets", ...DROPS)).toBe(1750);
    expect(events(records, "interface_failed").length).toBe(2);
    expect(events(records, "interface_back").length).toBe(2);
  });

  test("its health is told: what the kernel counted, what fails, and how far the collector is", async () => {
    live = await LiveSite.make({ interfaces: PLAIN, ring: "16MiB" });
    await live.site.startCollector();
    const probe = await live.site.startProbe("live");
    await live.flood(0, 3000, 10_000);
    const { told } = await until(async () => {
      const { status, text } = await live.ask("probe", "/health");
      const told = JSON.parse(text);
      return status === 200 && told.interfaces[0].packets === live.received("in0") && { told };
    });
    expect(told.interfaces).toEqual([
      {
        name: "in0",
        is_up: true,
        packets: 3000,
        bytes: expect.any(Number),
        last_packet_age_s: expect.any(Number),
        dropped: { kernel: 0, card: 0, queue: 0 },
      },
    ]);
    expect(told.collectors).toEqual([expect.objectContaining({ name: live.site.collectorName })]);
    const { text: metrics } = await live.ask("probe", "/metrics");
    expect(metrics).toContain('trafmon_probe_captured_packets_total{interface="in0"} 3000\n');
    const promtool = unpackedTool("promtool");
    if (typeof promtool !== "string") {
      for (const program of ["probe", "collector"] as const) {
        const { text: input } = await live.ask(program, "/metrics");
        const checked = spawnSync(promtool.path, ["check", "metrics"], { input, encoding: "utf8" });
        expect(`${program}: ${checked.stdout}${checked.stderr}`).toBe(`${program}: `);
      }
    }
    ip("-n", live.space.name, "link", "set", "in0", "down");
    const { troubles } = await until(async () => {
      const { status, text } = await live.ask("probe", "/health");
      return status === 503 && JSON.parse(text);
    });
    expect(troubles.join()).toContain("interface in0 gives no packets");
    await live.end(probe);
    // What belonged to the daemons goes with them.
    await expect(live.ask("probe", "/health")).rejects.toThrow("ENOENT");
  });

  test("offloads are told once, with the line that turns them off", async () => {
    live = await LiveSite.make({ interfaces: [...PLAIN, '<interface name="in1"/>'], ring: "16MiB" });
    live.space.run("ethtool", "-K", "in0", "gro", "on", "sg", "on", "tso", "on");
    await live.site.startCollector();
    const probe = await live.site.startProbe("live");
    const records = await live.end(probe);
    const [event, ...more] = events(records, "offloads_on");
    expect(more).toEqual([]);
    expect(event).toMatchObject({ origin: "in0", severity: "warning" });
    const { fix } = JSON.parse(event!.parameters!);
    expect(fix).toMatch(/^ethtool -K in0 /);
    // The line does what it says.
    execFileSync("ip", ["netns", "exec", live.space.name, ...fix.split(" ")]);
    const features = live.space.run("ethtool", "-k", "in0");
    for (const name of ["generic-receive-offload", "tx-tcp-segmentation"]) expect(features).toMatch(`${name}: off`);
  });

  test("the right to capture is all the rights it needs", async () => {
    const words = unprivileged();
    // The programs may lie where only root can read them; then without any right but this, still as root.
    const runAs = words ?? [
      "setpriv",
      "--inh-caps=-all,+net_raw",
      "--bounding-set=-all,+net_raw",
      "--no-new-privs",
      "--",
    ];
    live = await LiveSite.make({ interfaces: PLAIN, ring: "16MiB", runAs });
    if (words !== null) execFileSync("chown", ["-R", "65534:65534", live.site.folder]);
    await live.site.startCollector();
    const probe = await live.site.startProbe("live");
    await live.flood(0, 1000, 10_000);
    const records = await live.end(probe);
    expect(captureSum(records, "in0", "packets")).toBe(1000);
  });
});
