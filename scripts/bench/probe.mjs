// tmon_probe -r over a made capture, every measurement on, side by side with what else reads captures.
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { measuredRun, median, usageOf } from "./measured-run.mjs";

const PACKETS = 4_000_000;
const ROUNDS = 3;
/** tshark keeps every packet's dissection: it reads so many only, and its time is scaled. */
const TSHARK_PACKETS = 400_000;

/**
 * Prints a table; `root`: the project's folder. `durationS`: time that the capture spans, which decides how many interval
 * records a flow makes. `only`: names of the rows, when not all are wanted.
 */
export async function benchProbe(root, options = {}) {
  const { flows = 50_000, packets = PACKETS, durationS = 120, rounds = ROUNDS, only } = options;
  const folder = join(root, "var/bench");
  mkdirSync(folder, { recursive: true });
  const capture = await makeCapture(root, folder, { packets, flows, durationS });
  const rows = rowsOf(root, folder, capture, packets).filter(
    ({ name, command }) => (only === undefined || only.includes(name)) && isInstalled(command[0]),
  );
  console.log(
    `\n${packets.toLocaleString("en")} packets, ${flows.toLocaleString("en")} flows, ${durationS} s, ` +
      `${(statSync(capture).size / 2 ** 20).toFixed(0)} MiB; ${rounds} rounds in turn, medians`,
  );
  for (const row of rows) row.runs = [];
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) row.runs.push(await once(folder, row));
  }
  printTable(rows, packets);
}

function rowsOf(root, folder, capture, packets) {
  const all = readFileSync(join(root, "packages/probe/bench/all.xml"), "utf8");
  writeConfiguration(root, folder, "all.xml", all);
  writeConfiguration(root, folder, "transactions.xml", all.replace("<!-- transactions -->", "<transactions/>"));
  // What a flow record of others has: packets and bytes of each flow, both ways.
  writeConfiguration(root, folder, "counters.xml", all.replace(/<ipSizes.*(?=<\/flowClass>)/s, ""));
  const probe = (config) => {
    const program = join(root, "packages/probe/bundle/main.js");
    return [process.execPath, program, "-c", config, "-r", capture, "--", "bench"];
  };
  const sink = (config) => {
    const program = join(root, "packages/collector/bench/acknowledging-sink.ts");
    return [process.execPath, "--import", "tsx", "--conditions=source", program, join(folder, config), "bench"];
  };
  const collector = [process.execPath, join(root, "packages/collector/bundle/main.js"), "-c", "all.xml", "bench"];
  // Started by root it would become another user, and first make that user the owner of /dev/null.
  const asRoot = process.getuid?.() === 0 ? ["-Z", "root"] : [];
  const flowDir = join(folder, "nfpcapd");
  return [
    { name: "tcpdump -w /dev/null (reference)", command: ["tcpdump", ...asRoot, "-r", capture, "-w", "/dev/null"] },
    { name: "tmon_probe -r, sink in memory", command: probe("all.xml"), peer: sink("all.xml") },
    { name: "tmon_probe -r, real collector", command: probe("all.xml"), peer: collector },
    {
      name: "tmon_probe -r, and transactions",
      command: probe("transactions.xml"),
      peer: sink("transactions.xml"),
    },
    { name: "tmon_probe -r, IP counters only", command: probe("counters.xml"), peer: sink("counters.xml") },
    { name: "argus -r", command: ["argus", "-r", capture, "-w", "/dev/null"] },
    { name: "softflowd -r", command: ["softflowd", "-r", capture] },
    { name: "nfpcapd -r", command: ["nfpcapd", "-r", capture, "-w", flowDir], makes: flowDir },
    {
      name: `tshark -q -z conv,tcp (first ${TSHARK_PACKETS / 1000} k)`,
      command: ["tshark", "-r", capture, "-c", String(TSHARK_PACKETS), "-q", "-z", "conv,tcp"],
      scale: packets / TSHARK_PACKETS,
    },
  ];
}

function isInstalled(program) {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

/** `peer`: command of what the row's program sends to; `makes`: a folder that it needs, and fills. */
async function once(folder, { name, command, peer, makes }) {
  for (const each of ["spool", "logs", "state"]) rmSync(join(folder, each), { recursive: true, force: true });
  if (makes !== undefined) mkdirSync(makes, { recursive: true });
  const helper = peer === undefined ? null : await startPeer(peer, folder);
  const run = await measuredRun(command, { cwd: folder });
  const ofPeer = helper === null ? null : usageOf(helper.pid);
  if (helper !== null) await stopPeer(helper);
  if (makes !== undefined) rmSync(makes, { recursive: true });
  if (run.status !== 0 && run.status !== 65) throw new Error(`cannot bench ${name}: ${run.status}\n${run.output}`);
  return { ...run, peer: ofPeer };
}

function printTable(rows, packets) {
  const wallOf = ({ runs, scale = 1 }) => scale * median(runs.map((run) => run.wallS));
  const [reference] = rows;
  const probe = rows.find(({ name }) => name.startsWith("tmon_probe"));
  const line = (...cells) =>
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(36) : cell.padStart(12))).join(""));
  line("", "packets/s", "wall s", "CPU s", "peak MiB", "ratio", "tmon/it", "peer CPU s");
  for (const row of rows) {
    const { name, runs, scale = 1 } = row;
    const wallS = wallOf(row);
    line(
      name,
      Math.round(packets / wallS).toLocaleString("en"),
      wallS.toFixed(2),
      (scale * median(runs.map((run) => run.cpuS))).toFixed(2),
      median(runs.map((run) => run.peakMiB)).toFixed(0),
      (wallS / wallOf(reference)).toFixed(2),
      probe === undefined ? "" : (wallS / wallOf(probe)).toFixed(2),
      runs[0].peer === null ? "" : median(runs.map((run) => run.peer.cpuS)).toFixed(2),
    );
  }
  console.log("ratio: wall time to the reference's; tmon/it: how many times as fast the first tmon_probe row is.");
  console.log("Whole processes, start included. tshark's time is scaled to all packets, its memory is not.");
}

async function makeCapture(root, folder, { packets, flows, durationS }) {
  const path = join(folder, `mixed-${packets}-${flows}-${durationS}s.pcap`);
  if (existsSync(path)) return path;
  console.log(`making ${path}`);
  const { writeBenchCapture } = await import(join(root, "packages/trafgen/dist/index.js"));
  writeBenchCapture(`${path}.part`, { packets, flows, durationS, seed: 1 });
  renameSync(`${path}.part`, path);
  return path;
}

/** Puts a configuration, its key and the shipped services where the bench runs. */
function writeConfiguration(root, folder, name, xml) {
  const key = join(folder, "bench.key");
  writeFileSync(key, "5a".repeat(32));
  chmodSync(key, 0o600);
  copyFileSync(join(root, "etc/services.tsv"), join(folder, "services.tsv"));
  writeFileSync(join(folder, name), xml);
}

function startPeer([program, ...args], cwd) {
  const peer = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((resolve, reject) => {
    const look = (chunk) => /ready|listening/.test(String(chunk)) && resolve(peer);
    peer.stdout.on("data", look);
    peer.stderr.on("data", look);
    peer.on("exit", (status) => reject(new Error(`cannot start the peer: exit ${status}`)));
  });
}

function stopPeer(peer) {
  return new Promise((resolve) => {
    peer.removeAllListeners("exit");
    peer.on("exit", resolve);
    peer.kill("SIGTERM");
  });
}
