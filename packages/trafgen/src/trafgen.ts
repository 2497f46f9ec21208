import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { type Clock, type Instant, instantOf, type Logger } from "@trafmon/runtime";
import type { Account } from "./craft/account.ts";
import { FILE_MACS } from "./craft/link-header.ts";
import { ScenarioRun } from "./craft/scenario-run.ts";
import { Ledger } from "./ledger/ledger.ts";
import { FATE } from "./ledger/packet-kind.ts";
import type { TrafgenOptions } from "./options.ts";
import { checkDestinations } from "./plan/destinations.ts";
import { type Foresight, foresee } from "./plan/foresight.ts";
import { planText } from "./plan/plan-text.ts";
import { checkRate, RateGuard } from "./plan/rate-cap.ts";
import { reportText } from "./plan/report-text.ts";
import { checkSocketFitness } from "./plan/socket-fitness.ts";
import { targetOf, targetText } from "./plan/target-of.ts";
import { RunClock } from "./play/run-clock.ts";
import type { Credentials } from "./play-exchange.ts";
import { playScenario } from "./play-scenario.ts";
import type { Scenario, Target } from "./scenario/scenario.ts";
import { CaptureFileSink } from "./send/capture-file-sink.ts";
import { capturePaths } from "./send/capture-paths.ts";
import { interfaceMacs } from "./send/interface-macs.ts";
import { openInterfaceSink } from "./send/open-interface-sink.ts";
import { RunTally } from "./send/run-tally.ts";
import { sendLive } from "./send/send-live.ts";
import { writeCaptures } from "./send/write-captures.ts";

/** Packets worked out before the first is sent. */
const FORESEEN_PACKETS = 1_000_000;

export interface TrafgenParts {
  readonly options: TrafgenOptions;
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stopping: AbortSignal;
  /** For servers, with -s. */
  readonly credentials: Credentials;
  /** Where plan and report are printed. */
  readonly print: (text: string) => void;
}

/** Plans a scenario, sends it and writes its ledger. */
export class Trafgen {
  readonly #parts: TrafgenParts;

  constructor(parts: TrafgenParts) {
    this.#parts = parts;
  }

  /** Works out and prints all that would be sent. */
  dryRun(onPackets: (packets: number) => void): void {
    const { scenario, options, stopping, print } = this.#parts;
    const target = scenario.target === null && !hasTarget(options) ? null : targetOf(options, scenario);
    const isLive = target !== null && target.kind !== "captureFile";
    const foresight = foresee(scenario, Number.POSITIVE_INFINITY, stopping, onPackets, isLive);
    print(planText(scenario, foresight, target === null ? "nowhere yet" : this.#targetText(target)));
    if (isLive) this.#checkSafety(foresight, target.kind === "sockets");
  }

  /** @throws {CodedError} what stands in the way of sending; the ledger then says what went before */
  async send(): Promise<void> {
    const { scenario, options, stopping, print } = this.#parts;
    const target = targetOf(options, scenario);
    const isLive = target.kind !== "captureFile";
    const foresight = foresee(scenario, FORESEEN_PACKETS, stopping, undefined, isLive);
    if (stopping.aborted) return;
    print(planText(scenario, foresight, this.#targetText(target)));
    if (isLive) this.#checkSafety(foresight, target.kind === "sockets");
    const tally = new RunTally(scenario.traffic.length);
    const ledger = await this.#sendTo(target, tally);
    print(reportText(scenario, tally.streams, ledger.folder));
  }

  #sendTo(target: Target, tally: RunTally): Promise<Ledger> {
    switch (target.kind) {
      case "captureFile":
        return this.#write(target.path, tally);
      case "interface":
        return this.#sendLive(target, tally);
      case "sockets":
        return this.#play(tally);
    }
  }

  /** @throws {CodedError} TRAFGEN_DESTINATION_REFUSED, TRAFGEN_SOCKETS_UNFIT, TRAFGEN_RATE_REFUSED */
  #checkSafety({ peakPacketsPerS, peakBitsPerS }: Foresight, bySockets: boolean): void {
    const { options, scenario } = this.#parts;
    if (bySockets) checkSocketFitness(scenario, networkInterfaces());
    if (!options.allowBroadcast) checkDestinations(scenario, networkInterfaces(), bySockets);
    checkRate(this.#cap, peakPacketsPerS, peakBitsPerS);
  }

  get #cap() {
    const { maxPacketRate, maxBitRate } = this.#parts.options;
    return { packetsPerS: maxPacketRate, bitsPerS: maxBitRate };
  }

  async #write(path: string, tally: RunTally): Promise<Ledger> {
    const { scenario, stopping } = this.#parts;
    const { hops, startAt } = scenario;
    const ledger = this.#openLedger(startAt);
    const account = hops.length > 0 ? countedAccount(ledger, tally) : ledger;
    const run = new ScenarioRun({ scenario, start: startAt, account, macs: FILE_MACS });
    const sinks = capturePaths(path, hops).map((each) => new CaptureFileSink(each, startAt));
    await this.#account(ledger, tally, async () => {
      try {
        for (const sink of sinks) await sink.start();
        await writeCaptures(run, sinks, ledger, tally, hops.length > 0, stopping);
      } finally {
        for (const sink of sinks) await sink.close();
      }
    });
    return ledger;
  }

  /** Through sockets. */
  async #play(tally: RunTally): Promise<Ledger> {
    const { scenario, stopping, clock, credentials, print } = this.#parts;
    const runClock = new RunClock();
    const ledger = this.#openLedger(runClock.start);
    const guard = new RateGuard(this.#cap);
    await this.#account(ledger, tally, async () => {
      const parts = { scenario, ledger, tally, guard, runClock, clock, credentials, stopping };
      for (const { name, begun, good, trouble } of await playScenario(parts))
        print(
          `${name}: ${good} of ${begun} exchanges went well${trouble === null ? "" : `; first trouble: ${trouble}`}\n`,
        );
    });
    return ledger;
  }

  async #sendLive(target: Extract<Target, { kind: "interface" }>, tally: RunTally): Promise<Ledger> {
    const { scenario, stopping, clock, log } = this.#parts;
    const macs = interfaceMacs(target, this.#parts.options.allowBroadcast);
    if (scenario.hops.length > 0) log.info("the network is the real one: the hops of the scenario are left out");
    const sink = openInterfaceSink(target.name);
    try {
      const start = await sink.start();
      const ledger = this.#openLedger(start);
      const run = new ScenarioRun({ scenario, start, account: ledger, macs, ignoresHops: true });
      const guard = new RateGuard(this.#cap);
      await this.#account(ledger, tally, () => sendLive({ run, sink, start, ledger, tally, guard, clock, stopping }));
      return ledger;
    } finally {
      await sink.close();
    }
  }

  /** Lets something be done that a ledger tells of, and closes the ledger whatever happens. */
  async #account(ledger: Ledger, tally: RunTally, work: () => Promise<void>): Promise<void> {
    let trouble: string | null = null;
    try {
      await work();
    } catch (error) {
      trouble = (error as Error).message;
      throw error;
    } finally {
      const { scenario, options, stopping } = this.#parts;
      ledger.close({
        name: options.tgenName,
        title: scenario.title,
        seed: scenario.seed,
        wasStopped: stopping.aborted,
        trouble,
        streams: scenario.traffic.map(({ kind, name }, i) => ({ kind, name, ...tally.streams[i] })),
      });
    }
  }

  #openLedger(start: Instant): Ledger {
    const { options, clock } = this.#parts;
    const folder = options.directory ?? freeFolder(`./${options.tgenName}_${compactText(instantOf(clock))}`);
    return new Ledger({ folder, start });
  }

  #targetText(target: Target): string {
    const { scenario } = this.#parts;
    return targetText(target, target.kind === "captureFile" ? capturePaths(target.path, scenario.hops) : []);
  }
}

function hasTarget({ write, interface: name, sockets }: TrafgenOptions): boolean {
  return write !== undefined || name !== undefined || sockets;
}

/** The ledger, with its packets counted by stream. */
function countedAccount(ledger: Ledger, tally: RunTally): Account {
  return {
    flow: (key) => ledger.flow(key),
    packet: (atNs, flow, stream, number, ipBytes, payloadBytes, kind, fate = FATE.SENT) => {
      tally.count(stream, fate, atNs, ipBytes);
      return ledger.packet(atNs, flow, stream, number, ipBytes, payloadBytes, kind, fate);
    },
    seen: (...given) => ledger.seen(...given),
    verdict: (...given) => ledger.verdict(...given),
    transaction: (row) => ledger.transaction(row),
    transfer: (row) => ledger.transfer(row),
    connection: (row) => ledger.connection(row),
  };
}

/** `20260305T080000Z` */
function compactText({ s }: Instant): string {
  return new Date(s * 1000).toISOString().slice(0, 19).replace(/[-:]/g, "").concat("Z");
}

/** The folder, or where it exists, the first of `-2`, `-3`, ... that does not. */
function freeFolder(folder: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? folder : `${folder}-${number}`;
    if (!existsSync(name)) return name;
  }
}
