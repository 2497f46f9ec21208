import { chmodSync, existsSync, linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeClock } from "./fake-clock.ts";
import { type HealthPlace, HealthServer } from "./health-server.ts";
import { createLog } from "./log.ts";

let folder: string;
let troubles: string[];
let said: string[];
let clock: FakeClock;
const open: HealthServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "health-"));
  troubles = [];
  said = [];
  clock = new FakeClock();
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop();
  rmSync(folder, { recursive: true });
});

async function start(place: HealthPlace): Promise<HealthServer> {
  const source = {
    health: () => ({ troubles, figures: { name: "p" } }),
    metrics: () => [{ name: "trafmon_x", type: "gauge" as const, help: "X.", samples: [{ value: 1 }] }],
  };
  const { log } = createLog({ program: "test", write: (line) => said.push(line) });
  const server = new HealthServer(place, source, clock, log);
  open.push(server);
  await server.start();
  return server;
}

function ask(where: { port: number } | { socketPath: string }, path: string, method = "GET") {
  return new Promise<{ status: number; type: string; text: string }>((resolve, reject) => {
    const asked = request({ ...where, host: "127.0.0.1", path, method, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (more) => {
        text += more;
      });
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, type: answer.headers["content-type"] ?? "", text }),
      );
    });
    asked.once("error", reject);
    asked.end();
  });
}

test("health is 200 while all is well and 503 with the reasons when it is not", async () => {
  const { port } = await start({ address: "127.0.0.1", port: 0 });
  const well = await ask({ port }, "/health");
  expect([well.status, well.type]).toEqual([200, "application/json"]);
  expect(JSON.parse(well.text)).toEqual({ status: "well", troubles: [], name: "p" });
  troubles = ["the disk is full"];
  const ill = await ask({ port }, "/health?pretty");
  expect(ill.status).toBe(503);
  expect(JSON.parse(ill.text)).toEqual({ status: "troubled", troubles: ["the disk is full"], name: "p" });
});

test("metrics are told, other paths and other methods are refused", async () => {
  const { port } = await start({ address: "127.0.0.1", port: 0 });
  const metrics = await ask({ port }, "/metrics");
  expect(metrics.type).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(metrics.text).toContain("trafmon_x 1\n");
  expect((await ask({ port }, "/etc/passwd")).status).toBe(404);
  for (const method of ["POST", "PUT", "DELETE"]) expect((await ask({ port }, "/health", method)).status).toBe(405);
});

test("a socket takes the place of one whose process is gone, is for its group only, and goes at the end", async () => {
  const socketPath = join(folder, "health");
  const before = createServer().listen(socketPath);
  await new Promise((done) => before.once("listening", done));
  // As a killed process leaves it: the name stays, nobody listens.
  const left = join(folder, "left");
  linkSync(socketPath, left);
  await new Promise((done) => before.close(done));
  expect(existsSync(left)).toBe(true);
  const server = await start({ socket: left });
  expect(statSync(left).mode & 0o777).toBe(0o660);
  expect((await ask({ socketPath: left }, "/health")).status).toBe(200);
  await server.stop();
  expect(existsSync(left)).toBe(false);
});

test("a file that is no socket is left alone", async () => {
  const path = join(folder, "precious");
  writeFileSync(path, "x");
  chmodSync(path, 0o600);
  await start({ socket: path });
  expect(said.join()).toContain("cannot listen");
  expect(statSync(path).isFile()).toBe(true);
});

test("a place that is taken is told, keeps nothing from working, and is tried again", async () => {
  const first = await start({ address: "127.0.0.1", port: 0 });
  const place = { address: "127.0.0.1", port: first.port };
  const second = await start(place);
  expect(second.port).toBe(0);
  expect(said.join()).toContain("EADDRINUSE");
  await first.stop();
  clock.advance(10_000);
  while (second.port === 0) await new Promise((done) => setImmediate(done));
  expect((await ask({ port: second.port }, "/health")).status).toBe(200);
});
