// tmon_probe -r over a made capture, every measurement on, side by side with what else reads captures.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measuredRun, median, usageOf } from "./measured-run.mjs";

const PACKETS = 4_000_000;
const ROUNDS = 3;
const PORT = 7719;

/**
 * Prints a table; `root`: the project's folder. `durationS`: time that the capture spans, which decides how many interval
 * records a flow makes.
 */
export async function benchProbe(root, { flows = 50_000, packets = PACKETS, durationS = 120, rounds = ROUNDS } = {}) {
  const folder = join(root, "var/bench");
  mkdirSync(folder, { recursive: true });
  const capture = await makeCapture(root, folder, { packets, flows, durationS });
  const config = writeConfiguration(folder);
  const probe = [
    process.execPath,
    join(root, "packages/probe/dist/main.js"),
    "-c",
    config,
    "-r",
    capture,
    "--",
    "bench",
  ];
  // Started by root it would become another user, and first make that user the owner of /dev/null.
  const asRoot = process.getuid?.() === 0 ? ["-Z", "root"] : [];
  const rows = [
    { name: "tcpdump -w /dev/null (reference)", command: ["tcpdump", ...asRoot, "-r", capture, "-w", "/dev/null"] },
    { name: "tmon_probe -r, sink in memory", command: probe, peer: sinkCommand(root, config) },
    { name: "tmon_probe -r, real collector", command: probe, peer: collectorCommand(root, config) },
    { name: "argus -r", command: ["argus", "-r", capture, "-w", "/dev/null"] },
    { name: "softflowd -r", command: ["softflowd", "-r", capture] },
  ].filter(({ command }) => spawnSync("sh", ["-c", `command -v ${command[0]}`]).status === 0);

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

async function once(folder, { name, command, peer }) {
  for (const each of ["spool", "logs", "state"]) rmSync(join(folder, each), { recursive: true, force: true });
  const helper = peer === undefined ? null : await startPeer(peer);
  const run = await measuredRun(command);
  const ofPeer = helper === null ? null : usageOf(helper.pid);
  if (helper !== null) await stopPeer(helper);
  if (run.status !== 0 && run.status !== 65) throw new Error(`cannot bench ${name}: ${run.status}\n${run.output}`);
  return { ...run, peer: ofPeer };
}

function printTable(rows, packets) {
  const reference = median(rows[0].runs.map((run) => run.wallS));
  const line = (...cells) =>
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(36) : cell.padStart(11))).join(""));
  line("", "packets/s", "wall s", "CPU s", "peak MiB", "ratio", "peer CPU s");
  for (const { name, runs } of rows) {
    const wallS = median(runs.map((run) => run.wallS));
    line(
      name,
      Math.round(packets / wallS).toLocaleString("en"),
      wallS.toFixed(2),
      median(runs.map((run) => run.cpuS)).toFixed(2),
      median(runs.map((run) => run.peakMiB)).toFixed(0),
      (wallS / reference).toFixed(2),
      runs[0].peer === null ? "" : median(runs.map((run) => run.peer.cpuS)).toFixed(2),
    );
  }
  console.log("ratio: wall time to the reference's. Whole processes, start included.");
}

async function makeCapture(root, folder, { packets, flows, durationS }) {
  const path = join(folder, `mixed-${packets}-${flows}-${durationS}s.pcap`);
  if (existsSync(path)) return path;
  console.log(`making ${path}`);
  const { writeBenchCapture } = await import(join(root, "packages/trafgen/dist/index.js"));
  writeBenchCapture(`${path}.part`, { packets, flows, durationS, seed: 1 });
  const { renameSync } = await import("node:fs");
  renameSync(`${path}.part`, path);
  return path;
}

function writeConfiguration(folder) {
  const key = join(folder, "bench.key");
  writeFileSync(key, "5a".repeat(32));
  chmodSync(key, 0o600);
  const path = join(folder, "bench.xml");
  writeFileSync(
    path,
    `<trafMon site="bench">
  <collectors>
    <collector name="bench" listen="127.0.0.1:${PORT}" logDir="${folder}/logs" stateDir="${folder}/state"/>
  </collectors>
  <probes>
    <probe name="bench" keyFile="${key}" spoolDir="${folder}/spool">
      <interface name="bench"/>
      <sendTo collector="bench" rate="10Gbit"/>
    </probe>
  </probes>
  <flowClasses>
    <flowClass name="all" account="yes">
      <match><any/></match>
      <partition addresses="host" protocol="yes" ports="yes" service="yes" twoWay="yes"/>
      <ipCounters/>
      <ipSizes bounds="64 128 256 512 1024 1280 1500"/>
      <icmpCounters/>
      <udpCounters/>
      <tcpCounters/>
      <tcpConnections/>
    </flowClass>
  </flowClasses>
</trafMon>
`,
  );
  return path;
}

function sinkCommand(root, config) {
  const sink = join(root, "packages/collector/bench/acknowledging-sink.ts");
  return { command: [process.execPath, "--import", "tsx", "--conditions=source", sink, config, "bench"], cwd: root };
}

function collectorCommand(root, config) {
  return {
    command: [process.execPath, join(root, "packages/collector/dist/main.js"), "-c", config, "bench"],
    cwd: root,
  };
}

function startPeer({ command: [program, ...args], cwd }) {
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
