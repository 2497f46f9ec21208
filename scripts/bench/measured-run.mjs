// Runs a command and measures it as a whole process: wall and CPU seconds, and the most memory it had.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const POLL_MS = 20;

/**
 * `command`: program and arguments. Gives { status, wallS, cpuS, peakMiB, output }; CPU and memory are of the process
 * itself, as /proc last told them, which may miss its last POLL_MS.
 */
export function measuredRun(command, options = {}) {
  const [program, ...args] = command;
  const startedMs = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let output = "";
  const keep = (chunk) => {
    output = (output + chunk).slice(-4000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const seen = { cpuS: 0, peakMiB: 0 };
  const look = () => Object.assign(seen, usageOf(child.pid) ?? seen);
  const timer = setInterval(look, POLL_MS);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (status, signal) => {
      clearInterval(timer);
      resolve({ status: status ?? signal, wallS: (performance.now() - startedMs) / 1000, ...seen, output });
    });
  });
}

/** CPU seconds and peak memory of a living process; null when it is gone. */
export function usageOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    if (peak === null) return null;
    // utime and stime, in ticks of 1/100 s on Linux.
    return { cpuS: (Number(fields[11]) + Number(fields[12])) / 100, peakMiB: Number(peak[1]) / 1024 };
  } catch {
    return null;
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
