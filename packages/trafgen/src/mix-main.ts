#!/usr/bin/env node
import { setMaxListeners } from "node:events";
import { networkInterfaces } from "node:os";
import { createLog, type ProgramLife, runProgram, sleep, systemClock } from "@trafmon/runtime";
import { Ledger } from "./ledger/ledger.ts";
import { ByteGate } from "./mix/byte-gate.ts";
import { Mix } from "./mix/mix.ts";
import { playersOf } from "./mix/mix-cast.ts";
import type { MixKind } from "./mix/mix-scenario.ts";
import { mixPlanText, mixReportJson, mixReportText } from "./mix/mix-text.ts";
import { type MixOptions, readMixOptions } from "./mix-options.ts";
import { checkAddress } from "./plan/destinations.ts";
import { IcmpEcho } from "./play/icmp-echo.ts";
import { resolveHost } from "./play/resolve-host.ts";
import { RunClock } from "./play/run-clock.ts";

await runProgram("trafgen_mix", async (life: ProgramLife) => {
  const options = readMixOptions(life.args, process.env);
  const programLog = createLog({ program: life.name, json: options.json });
  life.useLog(programLog);
  const addresses = await resolveAll(options);
  const { scenario, seed, durationMs, json } = options;
  const print = (text: string) => process.stdout.write(text);
  const plan = mixPlanText(scenario, targetsText(options, addresses), seed, durationMs, options.ledger);
  if (!json || options.dryRun) print(plan);
  if (options.dryRun) return;

  const clock = new RunClock();
  const ledger = options.ledger === null ? null : new Ledger({ folder: options.ledger, start: clock.start });
  const recording = { clock, ledger };
  const ending = new AbortController();
  const stopping = AbortSignal.any([life.stopping, ending.signal]);
  // What was asked is waited for as long as a reply may take: it is on the wire, so it belongs into the ledger whole.
  const cutting = new AbortController();
  for (const signal of [stopping, cutting.signal]) setMaxListeners(0, signal);
  stopping.addEventListener("abort", () => systemClock.after(options.timeoutMs, () => cutting.abort()));
  const { tos, source: localAddress, timeoutMs } = options;
  const echo = addresses.ping === undefined ? null : new IcmpEcho(recording, { tos, localAddress });
  const gate = new ByteGate(systemClock, scenario.mostBitsPerS);
  const players = playersOf(addresses, echo, options, {
    scenario,
    recording,
    gate,
    options: { tos, localAddress, timeoutMs, stopping: cutting.signal },
  });
  const mix = new Mix({ scenario, players, gate, seed, clock: systemClock, stopping, cutting: cutting.signal });
  const callOff = durationMs === null ? () => {} : systemClock.after(durationMs, () => ending.abort());
  const beganMs = systemClock.monotonicMs();
  const elapsedMs = () => systemClock.monotonicMs() - beganMs;
  // What ends it, a full disk under the ledger say, must end all of it.
  const playing = mix.run().finally(() => ending.abort());
  try {
    if (options.reportMs > 0) await reportNowAndThen(() => mixReportText(mix.tally, elapsedMs()), options, stopping);
    await playing;
  } finally {
    callOff();
    echo?.close();
    ledger?.close({ program: life.name, scenario: scenario.name, seed, ...mixReportJson(mix.tally, elapsedMs()) });
    print(json ? `${JSON.stringify(mixReportJson(mix.tally, elapsedMs()))}\n` : mixReportText(mix.tally, elapsedMs()));
  }
});

type Addresses = Partial<Record<MixKind, string>>;

async function resolveAll({ hosts, family, allowBroadcast }: MixOptions): Promise<Addresses> {
  const addresses: Addresses = {};
  for (const [kind, host] of Object.entries(hosts) as [MixKind, string][]) {
    const address = await resolveHost(host, family);
    if (!allowBroadcast) checkAddress(address, networkInterfaces());
    addresses[kind] = address;
  }
  return addresses;
}

function targetsText({ hosts }: MixOptions, addresses: Addresses): Partial<Record<MixKind, string>> {
  const kinds = Object.entries(addresses) as [MixKind, string][];
  return Object.fromEntries(
    kinds.map(([kind, address]) => [kind, hosts[kind] === address ? address : `${hosts[kind]} (${address})`]),
  );
}

async function reportNowAndThen(
  text: () => string,
  { reportMs, json }: MixOptions,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    await sleep(systemClock, reportMs, stopping);
    if (!stopping.aborted && !json) process.stdout.write(text());
  }
}
