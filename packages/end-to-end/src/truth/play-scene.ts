import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { TestSite } from "../site/test-site.ts";
import { type DeviceCounters, readDeviceCounters, readKernelCounters, rise } from "./network/kernel-counters.ts";
import { LineProcess } from "./network/line-process.ts";
import type { Namespace } from "./network/namespace.ts";
import { readSockets } from "./network/socket-figures.ts";
import { SERVER, TAPS, type Tap, type TruthNetwork } from "./network/truth-network.ts";
import { playExchanges, somePlays } from "./traffic/exchanges.ts";
import { runFtpgen, runTrafgen } from "./traffic/generators.ts";
import { Receivers } from "./traffic/receivers.ts";
import type { SceneScript, SceneTruth } from "./truth-scene.ts";
import { probeName } from "./truth-settings.ts";

const BULK_PROGRAM = fileURLToPath(new URL("../../dist/truth/traffic/bulk-program.js", import.meta.url));
const BULK_PORT = 5001;
/** The wire is quiet when no frame has passed for so long; a scene that is never quiet is an error. */
const QUIET_MS = 1000;
const QUIET_LIMIT_MS = 240_000;
const SPEAK_LIMIT_MS = 240_000;

/** Plays a scene with live probes at all taps, and gathers what everybody but them knows of it. */
export async function playScene(script: SceneScript, network: TruthNetwork, site: TestSite): Promise<SceneTruth> {
  const folder = join(site.folder, script.name);
  mkdirSync(folder);
  const lineLedgers = [join(folder, "line-1"), join(folder, "line-2")] as const;
  const line = await LineProcess.start(
    network.lab,
    script.lines.map((impairments, index) => ({
      ...impairments,
      stretch: network.stretches[index]!,
      seed: seedOf(script.name, index),
      ledger: lineLedgers[index]!,
    })),
  );
  const children: ChildProcess[] = [];
  let receivers: Receivers | null = null;
  try {
    receivers = await Receivers.start(network.server, join(folder, "receivers"), {
      addresses: [...SERVER.ipv4, ...SERVER.ipv6].join(" "),
    });
    const server = network.server.start(process.execPath, [BULK_PROGRAM, "serve", String(BULK_PORT)]);
    children.push(server);
    await said(server, "listening");
    await quiet(network);
    const devicesBefore = readDevices(network);
    const probes = await Promise.all(TAPS.map((tap) => site.startProbe(probeName(script.name, tap))));
    const before = { client: readKernelCounters(network.client), server: readKernelCounters(network.server) };
    const sockets = await transferInBulk(network, script, children);
    const ledgers = await exchangeAndGenerate(network, script, folder);
    await quiet(network);
    const client = rise(before.client, readKernelCounters(network.client));
    const serverRise = rise(before.server, readKernelCounters(network.server));
    for (const code of await Promise.all(probes.map((probe) => site.stopProbe(probe))))
      if (code !== 0) throw new Error(`a probe of scene ${script.name} ended with ${code}`);
    const devicesAfter = readDevices(network);
    const devices = {} as Record<Tap, DeviceCounters>;
    for (const tap of TAPS)
      devices[tap] = {
        frames: devicesAfter[tap].frames - devicesBefore[tap].frames,
        dropped: devicesAfter[tap].dropped - devicesBefore[tap].dropped,
      };
    for (const { missed } of await line.stop())
      if (missed > 0) throw new Error(`the impaired line missed ${missed} frames of scene ${script.name}: run again`);
    const known = { ...ledgers, lineLedgers, devices, client, server: serverRise, ...sockets };
    writeFileSync(
      join(folder, "known.json"),
      JSON.stringify(known, (_, value) => (value instanceof Map ? Object.fromEntries(value) : value), 1),
    );
    return { script, ...known, receiversFolder: receivers.folder };
  } finally {
    line.kill();
    for (const child of children) child.kill("SIGKILL");
    await receivers?.stop();
  }
}

/** Clients of all protocols, and trafgen's programs, at the same time. */
async function exchangeAndGenerate(network: TruthNetwork, script: SceneScript, folder: string) {
  const { client, stretches } = network;
  const exchangeLedgers = script.exchanges.map((_, index) => join(folder, `exchanges-${index + 1}`));
  if (exchangeLedgers.length === 0) return { exchangeLedgers, trafgenLedger: null };
  const playing = script.exchanges.map((each, index) =>
    playExchanges(client, exchangeLedgers[index]!, somePlays(each)),
  );
  const [trafgenLedger, ftpgenLedgers] = await Promise.all([
    runTrafgen(client, join(folder, "trafgen"), stretches[0].farMac, BULK_PORT),
    runFtpgen(client, join(folder, "ftpgen")),
    ...playing,
  ]);
  return { exchangeLedgers: [...exchangeLedgers, ...ftpgenLedgers], trafgenLedger };
}

async function transferInBulk(network: TruthNetwork, script: SceneScript, children: ChildProcess[]) {
  const lists = [script.connections, script.datagrams].map((list) => JSON.stringify(list));
  const driver = network.client.start(process.execPath, [BULK_PROGRAM, "drive", String(BULK_PORT), ...lists]);
  children.push(driver);
  const closed = once(driver, "close");
  await said(driver, "idle");
  await quiet(network);
  const sockets = {
    clientSockets: ofBulk(network.client),
    serverSockets: ofBulk(network.server),
  };
  driver.stdin!.end();
  await closed;
  return sockets;
}

function ofBulk(space: Namespace) {
  return readSockets(space).filter(({ tuple }) => tuple.split(" ").includes(String(BULK_PORT)));
}

/** Waits until no frame passes any tap. */
async function quiet(network: TruthNetwork): Promise<void> {
  const untilMs = Date.now() + QUIET_LIMIT_MS;
  let [frames, sinceMs] = [-1, Date.now()];
  while (Date.now() - sinceMs < QUIET_MS) {
    const now = Object.values(readDevices(network)).reduce((sum, each) => sum + each.frames, 0);
    if (now !== frames) [frames, sinceMs] = [now, Date.now()];
    if (Date.now() > untilMs) throw new Error("the network does not become quiet");
    await setTimeout(50);
  }
}

function readDevices({ lab, tapDevices }: TruthNetwork): Record<Tap, DeviceCounters> {
  const read = (tap: Tap) => readDeviceCounters(lab, tapDevices[tap]);
  return { near: read("near"), middle: read("middle"), far: read("far") };
}

/** Waits for a word from a program. */
async function said(child: ChildProcess, word: string): Promise<void> {
  let text = "";
  await new Promise<void>((resolve, reject) => {
    const timer = globalThis.setTimeout(() => reject(new Error(`no "${word}" came: ${text}`)), SPEAK_LIMIT_MS);
    const hear = (chunk: Buffer) => {
      text += chunk;
      if (!text.includes(word)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout!.on("data", hear);
    child.stderr!.on("data", hear);
    child.once("exit", (code) => reject(new Error(`a program ended with ${code} before it said "${word}": ${text}`)));
  });
}

/** The same name gives the same fates. */
function seedOf(name: string, line: number): number {
  let seed = 1000 * (line + 1);
  for (const letter of name) seed = (seed * 31 + letter.codePointAt(0)!) | 0;
  return seed;
}
