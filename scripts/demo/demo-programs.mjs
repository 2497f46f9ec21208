// Runs the programs as an operator would, as processes of their own.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { COLLECTOR, DATABASE } from "./demo-configuration.mjs";
import { noteCollector, paths, root } from "./demo-folder.mjs";

const program = (name) => join(root, `packages/${name}/bundle/main.js`);
const START_TIMEOUT_MS = 20_000;

/** Runs a program to its end; what it says is shown. Gives its exit code. */
export function run(name, args, { allowed = [0], prefix = [], stopAfterMs = null } = {}) {
  const [command, ...words] = [...prefix, process.execPath, program(name), ...args];
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"], cwd: root });
  const said = [];
  const show = (chunk) => {
    for (const line of String(chunk).split("\n")) if (line !== "") console.log(`    ${line}`);
  };
  child.stdout.on("data", (chunk) => {
    said.push(String(chunk));
    show(chunk);
  });
  child.stderr.on("data", show);
  const timer = stopAfterMs === null ? null : setTimeout(() => child.kill("SIGTERM"), stopAfterMs);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (status, signal) => {
      if (timer !== null) clearTimeout(timer);
      if (allowed.includes(status)) resolve({ status, output: said.join("") });
      else reject(new Error(`cannot finish the demo: ${name} ended with ${signal ?? `exit ${status}`}`));
    });
  });
}

/** Starts the collector and waits until it listens. */
export async function startCollector() {
  const log = join(paths.programLogs, `tmon_collector_${COLLECTOR}.log`);
  const args = [program("collector"), "-c", paths.configuration, "-L", paths.programLogs, COLLECTOR];
  const child = spawn(process.execPath, args, { stdio: "ignore", detached: true });
  child.unref();
  noteCollector(child.pid);
  let ended = false;
  child.on("exit", () => {
    ended = true;
  });
  for (const untilMs = Date.now() + START_TIMEOUT_MS; Date.now() < untilMs && !ended; ) {
    if (readIfThere(log).includes("listening for probes")) return child;
    await new Promise((done) => setTimeout(done, 30));
  }
  throw new Error(`cannot start tmon_collector; its log:\n${readIfThere(log)}`);
}

/** Stops the collector, which then gives its log files their final names. */
export async function stopCollector(child) {
  const ended = new Promise((done) => child.on("exit", done));
  child.ref();
  child.kill("SIGTERM");
  await ended;
}

export function replay(probe, files) {
  // 65: a capture file was damaged, which the log and an event say; the rest counts.
  return run("probe", ["-c", paths.configuration, "-r", ...files, "--", probe], { allowed: [0, 65] });
}

export function watch(probe, seconds) {
  const prefix = process.getuid?.() === 0 ? [] : ["sudo", "-E"];
  return run("probe", ["-c", paths.configuration, probe], { prefix, stopAfterMs: seconds * 1000 });
}

export function load() {
  const args = ["-p", paths.logs, "-L", paths.programLogs, "-d", DATABASE, "--cred", paths.credentials];
  return run("loader", args, { allowed: [0, 65] });
}

export function updateIpInfo() {
  const args = ["-p", paths.ipInfo, "--cred", paths.credentials, "-L", paths.programLogs, "-d", DATABASE, "--no-dns"];
  return run("ipinfo", args);
}

export function report(probe, firstDay, lastDay) {
  return run("reports", [
    ...["-r", "manager", "-s", firstDay, "-e", lastDay, "-t", "10", "-T", "0", "-D", paths.reports, "-d", DATABASE],
    ...["--cred", paths.credentials, "-l", paths.programLogs, "--site", "Demo"],
    ...["--probe", probe],
  ]);
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
