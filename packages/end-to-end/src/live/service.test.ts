import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NotifyReceiver, notifyReceiver } from "@trafmon/testkit";
import { afterEach, describe, expect, test } from "vitest";
import { canMakeNamespaces } from "./can-make-namespaces.ts";
import { LiveSite } from "./live-site.ts";

/** Not in the abstract name space, of which each network name space has its own. */
const path = join(tmpdir(), `trafmon-notify-${process.pid}`);

let live: LiveSite;
let manager: NotifyReceiver;
afterEach(async () => {
  await live?.remove();
  await manager?.stop();
  rmSync(path, { force: true });
});

describe.skipIf(!canMakeNamespaces())("under a service manager", () => {
  test("probe and collector tell when they are ready, reload at SIGHUP, and stop in order at SIGTERM", async () => {
    manager = await notifyReceiver(path);
    live = await LiveSite.make({
      interfaces: ['<interface name="in0"/>'],
      ring: "16MiB",
      runAs: ["env", `NOTIFY_SOCKET=${path}`, "WATCHDOG_USEC=2000000"],
    });
    const count = (heard: readonly string[], word: string) => heard.filter((text) => text.startsWith(word)).length;
    await live.site.startCollector();
    await manager.until((heard) => count(heard, "READY=1") >= 1);
    const probe = await live.site.startProbe("live");
    await manager.until((heard) => count(heard, "READY=1") >= 2);
    await live.flood(0, 1000, 10_000);
    await manager.until((heard) => count(heard, "STATUS=in0: 1000 packets, 0 dropped") >= 1);
    // Two programs, each once a second.
    await manager.until((heard) => count(heard, "WATCHDOG=1") >= 6);

    const { xml } = live.site;
    writeFileSync(xml, readFileSync(xml, "utf8").replace("<udpCounters/>", ""));
    probe.kill("SIGHUP");
    await manager.until((heard) => count(heard, "RELOADING=1") >= 1 && count(heard, "READY=1") >= 3);
    await live.flood(0, 500, 10_000);
    const records = await live.end(probe);
    const heard = await manager.until((each) => count(each, "STOPPING=1") >= 2);
    expect(count(heard, "READY=1")).toBe(3);
    expect(records.of("event").filter(({ code }) => code === "configuration_switched")).toHaveLength(1);
    const sum = (type: string, column: string) => records.of(type).reduce((part, row) => part + Number(row[column]), 0);
    expect(sum("ipct", "fwd_packets") + sum("ipct", "rev_packets")).toBe(1500);
    expect(sum("udpct", "fwd_datagrams") + sum("udpct", "rev_datagrams")).toBe(1000);
  });
});
