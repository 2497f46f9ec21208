import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProcessLock } from "./process-lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "process-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a lock is held once and free again after its release", () => {
  const path = join(folder, "lock");
  const lock = ProcessLock.acquire(path);
  expect(lock).not.toBeNull();
  expect(ProcessLock.acquire(path)).toBeNull();
  lock?.release();
  const again = ProcessLock.acquire(path);
  expect(again).not.toBeNull();
  lock?.release();
});

test("the lock of another living process is respected, and taken over once it is gone", async () => {
  const path = join(folder, "lock");
  const script = `
    const { readFileSync, writeFileSync } = require("fs");
    const stat = readFileSync("/proc/self/stat", "utf8");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    writeFileSync(${JSON.stringify(path)}, process.pid + " " + stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] + " " + boot + "\\n");
    console.log("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  expect(ProcessLock.acquire(path)).toBeNull();
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(ProcessLock.acquire(path)).not.toBeNull();
  expect(Number.parseInt(readFileSync(path, "utf8"), 10)).toBe(process.pid);
});

test("a number given again to another process does not keep a lock alive", () => {
  const path = join(folder, "lock");
  writeFileSync(path, `${process.pid} 1 another-boot\n`);
  expect(ProcessLock.acquire(path)).not.toBeNull();
});
