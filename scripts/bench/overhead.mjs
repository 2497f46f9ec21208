// What goes between probe and collector, as a share of the IP bytes captured: PDUs, retries, handshakes and
// acknowledgements with their IP and UDP headers, as the kernel counts them on the loopback of a namespace of their own.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes that the kernel adds to each packet on loopback: an Ethernet header. */
const LINK_BYTES = 14;

const DEFAULT = "<ipCounters/><tcpCounters/><udpCounters/>";
/** Columns of the table; the partition is that of the file shipped: pair of hosts and service. */
const MEASUREMENTS = [
  { name: "default", elements: DEFAULT, limit: 0.5 },
  { name: "+ tcpcx, trans", elements: `${DEFAULT}<tcpConnections/><twoWayDelays/><transactions/>`, limit: 2 },
  {
    name: "as shipped",
    elements: `${DEFAULT}<ipSizes bounds="64 128 256 512 1024 1280 1500"/><icmpCounters/><tcpConnections/>
      <ftpCounters/><ftpTransfers/><twoWayDelays/>`,
    limit: null,
  },
];

/** Prints a table over the sample captures, all of them as one, and a mixed one that is made. As root. */
export async function benchOverhead(root) {
  const space = `bench-overhead-${process.pid}`;
  execFileSync("ip", ["netns", "add", space]);
  const folder = mkdtempSync(join(tmpdir(), "tm-overhead-"));
  try {
    execFileSync("ip", ["-n", space, "link", "set", "lo", "up"]);
    const line = (...cells) =>
      console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(30) : cell.padStart(16))).join(""));
    console.log(
      "\nbytes between probe and collector, IP and UDP headers included, in percent of the IP bytes captured",
    );
    line("", "IP bytes", ...MEASUREMENTS.map(({ name }) => name));
    for (const { name, files } of await captures(root, folder)) {
      const shares = [];
      let ipBytes = 0;
      for (const { elements } of MEASUREMENTS) {
        const seen = await overheadOf(root, { space, folder, files, elements });
        ipBytes = seen.ipBytes;
        shares.push(`${((100 * seen.wireBytes) / seen.ipBytes).toFixed(3)} %`);
      }
      line(name, ipBytes.toLocaleString("en"), ...shares);
    }
    const goals = MEASUREMENTS.map(({ limit }) => (limit === null ? "" : `< ${limit} %`));
    line("goal", "", ...goals);
  } finally {
    execFileSync("ip", ["netns", "del", space]);
    rmSync(folder, { recursive: true });
  }
}

async function captures(root, folder) {
  const samples = readdirSync(join(root, "samples"))
    .filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name))
    .map((name) => ({ name, files: [join(root, "samples", name)] }));
  const { writeBenchCapture } = await import(join(root, "packages/trafgen/dist/index.js"));
  const mixed = join(folder, "mixed.pcap");
  writeBenchCapture(mixed, { packets: 500_000, flows: 2000, durationS: 600, seed: 1 });
  return [
    ...samples,
    { name: "all samples as one", files: samples.flatMap(({ files }) => files) },
    { name: "made: 500 k packets, 10 min", files: [mixed] },
  ];
}

async function overheadOf(root, { space, folder, files, elements }) {
  for (const name of ["logs", "state", "spool"]) rmSync(join(folder, name), { recursive: true, force: true });
  mkdirSync(join(folder, "logs"));
  writeFileSync(join(folder, "p.key"), "5a".repeat(32), { mode: 0o600 });
  copyFileSync(join(root, "etc/services.tsv"), join(folder, "services.tsv"));
  writeFileSync(join(folder, "tmon.xml"), configuration(folder, elements));
  const program = (name, ...args) =>
    spawn("ip", ["netns", "exec", space, process.execPath, join(root, `packages/${name}/bundle/main.js`), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
  const collector = program("collector", "-c", join(folder, "tmon.xml"), "c");
  await new Promise((resolve, reject) => {
    collector.stderr.on("data", (text) => String(text).includes("listening for probes") && resolve());
    collector.once("exit", (code) => reject(new Error(`cannot start the collector: exit ${code}`)));
  });
  const before = loopbackBytes(space);
  const probe = program("probe", "-c", join(folder, "tmon.xml"), "-r", ...files, "--", "p");
  probe.stdout.resume();
  probe.stderr.resume();
  const [status] = await once(probe, "exit");
  if (status !== 0) throw new Error(`cannot replay ${files}: ${status}`);
  const wireBytes = loopbackBytes(space) - before;
  collector.removeAllListeners("exit");
  collector.kill("SIGTERM");
  await once(collector, "exit");
  return { wireBytes, ipBytes: sumOf(join(folder, "logs"), "capst", "ip_bytes") };
}

/** IP bytes that have gone over a namespace's loopback. */
function loopbackBytes(space) {
  const table = execFileSync("ip", ["-n", space, "-j", "-s", "link", "show", "dev", "lo"], { encoding: "utf8" });
  const { bytes, packets } = JSON.parse(table)[0].stats64.rx;
  return bytes - LINK_BYTES * packets;
}

function sumOf(logs, type, column) {
  let sum = 0;
  for (const file of readdirSync(logs).filter((name) => name.startsWith(`${type}_`))) {
    const [header, ...lines] = readFileSync(join(logs, file), "utf8").trimEnd().split("\n");
    const at = header.split("\t").indexOf(column);
    for (const line of lines) sum += Number(line.split("\t")[at]);
  }
  return sum;
}

function configuration(folder, elements) {
  return `<trafMon site="overhead"><collectors><collector name="c" listen="127.0.0.1:7601" logDir="${folder}/logs"
      stateDir="${folder}/state"/></collectors>
    <probes><probe name="p" keyFile="${folder}/p.key" spoolDir="${folder}/spool"><interface name="in"/>
      <sendTo collector="c" rate="1Gbit"/></probe></probes>
    <flowClasses><flowClass name="all" account="yes"><match><any/></match>
      <partition addresses="host" protocol="yes" service="yes" twoWay="yes"/>${elements}</flowClass></flowClasses>
  </trafMon>`;
}
