import { CLIENT, SERVER } from "./network/truth-network.ts";
import type { SceneScript } from "./truth-scene.ts";

const [client4, client6] = [CLIENT.ipv4[0], CLIENT.ipv6[0]];
const [server4, server6] = [SERVER.ipv4[0], SERVER.ipv6[0]];

/** No impairment but a delay: every figure is known from every side. */
const clean: SceneScript = {
  name: "clean",
  lines: [
    { forward: { delayMs: 2 }, backward: { delayMs: 2 } },
    { forward: { delayMs: 1 }, backward: { delayMs: 1 } },
  ],
  connections: [
    { from: client4, to: server4, up: 400_000, down: 0 },
    { from: client6, to: server6, up: 0, down: 400_000 },
    { from: CLIENT.ipv4[1], to: SERVER.ipv4[1], up: 1, down: 100_000 },
  ],
  datagrams: [
    { from: client4, to: server4, count: 300, bytes: 200 },
    { from: client6, to: server6, count: 100, bytes: 1200 },
    { from: client4, to: server4, count: 20, bytes: 4000 },
  ],
  exchanges: [
    { client: client4, server: server4, timeoutMs: 2000, tries: 1 },
    { client: client6, server: server6, timeoutMs: 2000, tries: 1 },
  ],
};

/** Losses on both lines, and copies and overtaking on the first. */
const lossy: SceneScript = {
  name: "lossy",
  lines: [
    {
      forward: { delayMs: 8, jitterMs: 2, loss: 0.01, duplicate: 0.003, reorder: 0.005 },
      backward: { delayMs: 8, jitterMs: 2, loss: 0.01, duplicate: 0.003, reorder: 0.005 },
    },
    { forward: { delayMs: 3, loss: 0.005 }, backward: { delayMs: 3, loss: 0.005 } },
  ],
  connections: [
    { from: client4, to: server4, up: 1_500_000, down: 200_000 },
    { from: client6, to: server6, up: 200_000, down: 1_500_000 },
    { from: client6, to: server6, up: 500_000, down: 500_000 },
    { from: CLIENT.ipv4[1], to: SERVER.ipv4[1], up: 300_000, down: 0 },
  ],
  datagrams: [
    { from: client4, to: server4, count: 1000, bytes: 100 },
    { from: client6, to: server6, count: 500, bytes: 900 },
  ],
  exchanges: [
    { client: client4, server: server4, timeoutMs: 1000, tries: 3 },
    { client: client6, server: server6, timeoutMs: 1000, tries: 3 },
  ],
};

/** Short connections over a line so bad that many handshakes, requests and ends are lost. */
const handshakes: SceneScript = {
  name: "handshakes",
  lines: [
    { forward: { delayMs: 2, loss: 0.05 }, backward: { delayMs: 2, loss: 0.1 } },
    { forward: { delayMs: 2, loss: 0.05 }, backward: { delayMs: 2, loss: 0.1 } },
  ],
  connections: Array.from({ length: 40 }, (_, index) =>
    index % 2 === 0
      ? { from: client4, to: server4, up: 3000, down: 3000 }
      : { from: client6, to: server6, up: 100, down: 20_000 },
  ),
  datagrams: [],
  exchanges: [],
};

/** Much, fast, and in wild disorder. */
const disorder: SceneScript = {
  name: "disorder",
  lines: [
    {
      forward: { delayMs: 3, duplicate: 0.02, reorder: 0.05, overtaking: 6 },
      backward: { delayMs: 3, duplicate: 0.02, reorder: 0.05, overtaking: 2 },
    },
    { forward: { delayMs: 1, reorder: 0.02 }, backward: { delayMs: 1, duplicate: 0.01 } },
  ],
  connections: [
    { from: client4, to: server4, up: 8_000_000, down: 1_000_000 },
    { from: client6, to: server6, up: 1_000_000, down: 8_000_000 },
  ],
  datagrams: [
    { from: client4, to: server4, count: 5000, bytes: 60 },
    { from: client6, to: server6, count: 1000, bytes: 1300 },
  ],
  exchanges: [
    { client: client4, server: server4, timeoutMs: 1000, tries: 2 },
    { client: client6, server: server6, timeoutMs: 1000, tries: 2 },
  ],
};

export const SHORT_SCENES: readonly SceneScript[] = [clean, lossy];
export const FULL_SCENES: readonly SceneScript[] = [clean, lossy, handshakes, disorder];
