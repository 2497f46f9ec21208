import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

/** Ports that programs are registered for lie below. */
const FIRST_PORT = 10_000;
const PORTS_END = 32_768;

/**
 * A port that nobody listens on, neither over UDP nor over TCP. The kernel does not give it to a socket that asks for any
 * port, so that it is still free when the program it is meant for starts, and when that starts again.
 */
export async function freePort(address = "127.0.0.1"): Promise<number> {
  const [low] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split("\t").map(Number);
  const end = low! > FIRST_PORT ? low! : PORTS_END;
  for (;;) {
    const port = randomInt(FIRST_PORT, end);
    if ((await isFreeOverUdp(address, port)) && (await isFreeOverTcp(address, port))) return port;
  }
}

async function isFreeOverUdp(address: string, port: number): Promise<boolean> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  try {
    const listening = once(socket, "listening");
    socket.bind(port, address);
    await listening;
    return true;
  } catch (error) {
    return refusedAsTaken(error);
  } finally {
    await new Promise<void>((closed) => socket.close(closed));
  }
}

async function isFreeOverTcp(address: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    const listening = once(server, "listening");
    server.listen(port, address);
    await listening;
    await new Promise((closed) => server.close(closed));
    return true;
  } catch (error) {
    return refusedAsTaken(error);
  }
}

function refusedAsTaken(error: unknown): false {
  if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
  throw error;
}
