// tmon_probe on a veth pair: what it captures of small packets at several rates, and where the rest went.
import { join } from "node:path";
import { usageOf } from "./measured-run.mjs";

const RATES = [100_000, 200_000, 300_000, 0];
const SECONDS = 5;
/** As many at full speed as make about so many seconds. */
const AT_FULL_SPEED = 2_000_000;

const ALL = `<ipCounters/><ipSizes bounds="64 128 256 512 1024 1280 1500"/><icmpCounters/><udpCounters/><tcpCounters/>
      <tcpConnections/><ftpCounters/><ftpTransfers/><twoWayDelays/>`;

/** Prints a table; `root`: the project's folder. Needs root, for network namespaces. */
export async function benchLive(root) {
  const folder = join(root, "packages/end-to-end/dist/live");
  const { LiveSite, captureSum } = await import(join(folder, "live-site.js"));
  const line = (...cells) => console.log(cells.map((cell) => String(cell).padStart(13)).join(""));
  console.log(`\nlive, small UDP packets of 256 flows over a veth pair, sender, probe and collector on this machine`);
  line("asked/s", "sent/s", "received", "captured", "kernel", "queue", "unaccounted", "probe CPU s");
  for (const rate of RATES) {
    const interfaces = ['<interface name="in0" buffer="256MiB"/>'];
    const site = await LiveSite.make({ interfaces, ring: "256MiB", measurements: ALL });
    try {
      await site.site.startCollector();
      const probe = await site.site.startProbe("live");
      const before = usageOf(probe.pid) ?? { cpuS: 0 };
      const { perSecond } = await site.flood(0, rate === 0 ? AT_FULL_SPEED : rate * SECONDS, rate);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const after = usageOf(probe.pid) ?? { cpuS: Number.NaN };
      const records = await site.end(probe);
      const received = site.received("in0");
      const sum = (...columns) => captureSum(records, "in0", ...columns);
      const captured = sum("packets");
      const [kernel, queue] = [sum("kernel_dropped", "card_dropped"), sum("queue_dropped")];
      const rest = received - captured - kernel - queue;
      const cpuS = (after.cpuS - before.cpuS).toFixed(2);
      line(rate === 0 ? "most" : rate, Math.round(perSecond), received, captured, kernel, queue, rest, cpuS);
    } finally {
      await site.remove();
    }
  }
}
