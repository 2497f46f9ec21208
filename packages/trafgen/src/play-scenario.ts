import { type Clock, sleep } from "@trafmon/runtime";
import { gapNs } from "./craft/arrival-clock.ts";
import { EndPicker } from "./craft/end-picker.ts";
import { FILE_MACS } from "./craft/link-header.ts";
import { Random, seedOf } from "./craft/random.ts";
import { ScenarioRun } from "./craft/scenario-run.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { RateGuard } from "./plan/rate-cap.ts";
import { IcmpEcho } from "./play/icmp-echo.ts";
import type { RunClock } from "./play/run-clock.ts";
import { type Credentials, type ExchangeTraffic, playExchange } from "./play-exchange.ts";
import type { Scenario, StreamTraffic } from "./scenario/scenario.ts";
import type { RunTally } from "./send/run-tally.ts";
import { SegmentStream } from "./send/segment-stream.ts";
import { sendLive } from "./send/send-live.ts";
import { SocketSink } from "./send/socket-sink.ts";

/** More are not begun at a time: a server that hangs must not use up this machine's sockets. */
const MOST_UNDERWAY = 256;
/** No datagram is longer, so that fragments are the system's affair. */
const NO_MTU = 65_535;

export interface PlayParts {
  readonly scenario: Scenario;
  readonly ledger: Ledger;
  readonly tally: RunTally;
  readonly guard: RateGuard;
  readonly runClock: RunClock;
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly stopping: AbortSignal;
}

/** What became of the exchanges of one piece of traffic. */
export interface PlayedExchanges {
  readonly name: string;
  begun: number;
  good: number;
  /** The first thing that went wrong. */
  trouble: string | null;
}

/**
 * Lets the operating system send a scenario, to real servers: streams by sockets, exchanges by clients of ours.
 * @returns what became of the exchanges
 */
export async function playScenario(parts: PlayParts): Promise<readonly PlayedExchanges[]> {
  const { scenario, ledger, stopping, runClock } = parts;
  const streams = scenario.traffic.filter((each) => each.kind === "stream");
  const segmentParts = { ...parts, clock: runClock, seed: scenario.seed };
  const segments = streams.filter(isTcp).map((stream) => new SegmentStream(stream, segmentParts));
  const exchanges = scenario.traffic.filter(({ kind }) => kind !== "stream" && kind !== "conversation");
  const played = exchanges.map(({ name }) => ({ name, begun: 0, good: 0, trouble: null }) as PlayedExchanges);
  const sink = new SocketSink(runClock);
  const { start } = runClock;
  const run = new ScenarioRun({
    scenario: { ...scenario, traffic: streams.filter((stream) => !isTcp(stream)), cycles: 1, mtuBytes: NO_MTU },
    start,
    account: ledger,
    macs: FILE_MACS,
    ignoresHops: true,
  });
  try {
    for (let cycle = 0; cycle < (scenario.cycles ?? Number.POSITIVE_INFINITY) && !stopping.aborted; cycle++) {
      const beginNs = runClock.nowNs();
      const all = exchanges.map((traffic, i) => play(traffic as ExchangeTraffic, cycle, beginNs, played[i]!, parts));
      all.push(...segments.map((stream) => stream.run(cycle, beginNs)));
      if (cycle > 0) run.again(Math.ceil(Math.max(beginNs, run.nowNs)));
      const { tally, guard, clock } = parts;
      all.push(sendLive({ run, sink, start, ledger, tally, guard, clock, stopping }));
      const ends = await Promise.allSettled(all);
      for (const end of ends) if (end.status === "rejected") throw end.reason;
      const isLast = cycle + 1 >= (scenario.cycles ?? Number.POSITIVE_INFINITY);
      if (!isLast) await sleep(clock, scenario.pauseNs / 1e6, stopping);
    }
  } finally {
    await sink.close();
  }
  return played;
}

function isTcp({ protocol }: StreamTraffic): boolean {
  return protocol === "tcp";
}

/** All exchanges of one piece of traffic in a cycle, each at its time. */
async function play(
  traffic: ExchangeTraffic,
  cycle: number,
  beginNs: number,
  played: PlayedExchanges,
  { scenario, ledger, runClock, clock, credentials, stopping }: PlayParts,
): Promise<void> {
  const random = new Random(seedOf(scenario.seed, traffic.number, cycle));
  const picker = new EndPicker(traffic);
  const recording = { clock: runClock, ledger };
  const echo = traffic.kind === "ping" ? new IcmpEcho(recording, { tos: traffic.tos, hopLimit: traffic.ttl }) : null;
  const underway = new Set<Promise<void>>();
  let dueNs = beginNs + traffic.startNs;
  try {
    for (let i = 0; i < traffic.count && !stopping.aborted; i++) {
      await sleep(clock, Math.max(0, (dueNs - runClock.nowNs()) / 1e6), stopping);
      while (underway.size >= MOST_UNDERWAY) await Promise.race(underway);
      if (stopping.aborted) break;
      picker.next(random);
      played.begun++;
      const one = playExchange(traffic, picker, { recording, credentials, stopping, random, echo }).then((trouble) => {
        if (trouble === null) played.good++;
        else played.trouble ??= trouble;
      });
      const kept = one.finally(() => underway.delete(kept));
      underway.add(kept);
      // A failure is told where all are waited for.
      kept.catch(() => {});
      dueNs += gapNs(traffic.arrivals, traffic.everyNs, random);
    }
    await Promise.all(underway);
  } finally {
    echo?.close();
  }
}
