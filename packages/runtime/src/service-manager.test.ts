import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notifyReceiver } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeClock } from "./fake-clock.ts";
import { createLog } from "./log.ts";
import { ServiceManager } from "./service-manager.ts";

let folder: string;
let clock: FakeClock;
let said: string[];
const stops: (() => Promise<void>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "service-"));
  clock = new FakeClock();
  said = [];
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  rmSync(folder, { recursive: true });
});

/** A manager's socket; gives what has come once it is so much. */
async function listen(path: string) {
  const receiver = await notifyReceiver(path);
  stops.push(receiver.stop);
  return (count: number) => receiver.until((heard) => heard.length >= count);
}

function managerOf(environment: NodeJS.ProcessEnv): ServiceManager {
  const manager = new ServiceManager(environment, clock);
  manager.useLog(createLog({ program: "test", write: (line) => said.push(line) }).log);
  return manager;
}

test("ready, status where it changes, watchdog while it lives, reload and stop are told in this order", async () => {
  const socket = join(folder, "notify");
  const heard = await listen(socket);
  const environment = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "20000000", WATCHDOG_PID: String(process.pid), A: "b" };
  const manager = managerOf(environment);
  expect(environment).toEqual({ A: "b" });
  let [status, isAlive] = ["3 packets", true];
  const readiness = manager.readiness({ status: () => status, isAlive: () => isAlive });
  await readiness.start();
  clock.advance(5000);
  status = "4 packets\nand a second line";
  clock.advance(5000);
  isAlive = false;
  clock.advance(60_000);
  let reloads = 0;
  manager.reloading(() => reloads++);
  expect(reloads).toBe(1);
  await readiness.stop();
  clock.advance(60_000);
  const [ready, first, fed, ...rest] = await heard(8);
  expect([ready, first, fed]).toEqual(["READY=1", "STATUS=3 packets", "WATCHDOG=1"]);
  expect([...rest].sort()).toEqual([
    "READY=1",
    expect.stringMatching(/^RELOADING=1\nMONOTONIC_USEC=\d+$/),
    "STATUS=4 packets and a second line",
    "STOPPING=1\nSTATUS=stopping",
    "WATCHDOG=1",
  ]);
  expect(said).toEqual([]);
});

test("a manager in the abstract name space is reached too", async () => {
  const name = `@trafmon-test-${process.pid}`;
  const heard = await listen(name);
  await managerOf({ NOTIFY_SOCKET: name })
    .readiness({ status: () => "", isAlive: () => true })
    .start();
  expect(await heard(1)).toEqual(["READY=1"]);
});

test("what cannot be told is complained of once, and told when it is possible", async () => {
  const socket = join(folder, "notify");
  const readiness = managerOf({ NOTIFY_SOCKET: socket }).readiness({ status: () => "well", isAlive: () => true });
  await readiness.start();
  clock.advance(3000);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain("cannot tell systemd how it is");
  const heard = await listen(socket);
  clock.advance(1000);
  expect((await heard(2)).slice(0, 2)).toEqual(["READY=1", "STATUS=well"]);
});

test("without a manager, or with the watchdog of another process, nothing is told", async () => {
  const quiet = managerOf({}).readiness({ status: () => "", isAlive: () => true });
  await quiet.start();
  await quiet.stop();
  const socket = join(folder, "notify");
  const heard = await listen(socket);
  const environment = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "1000000", WATCHDOG_PID: "1" };
  const readiness = managerOf(environment).readiness({ status: () => "well", isAlive: () => true });
  await readiness.start();
  clock.advance(10_000);
  await readiness.stop();
  expect(await heard(3)).toEqual(["READY=1", "STATUS=well", "STOPPING=1\nSTATUS=stopping"]);
  expect(said).toEqual([]);
});
