import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort } from "./free-port.ts";

test("a free port can be bound over UDP and TCP, and is none that the kernel gives away", async () => {
  const port = await freePort();
  const socket = createSocket("udp4").bind(port, "127.0.0.1");
  const server = createServer().listen(port, "127.0.0.1");
  await Promise.all([once(socket, "listening"), once(server, "listening")]);
  socket.close();
  server.close();
  const [low, high] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split("\t").map(Number);
  if (low! > 10_000) expect(port < low! || port > high!).toBe(true);
});
