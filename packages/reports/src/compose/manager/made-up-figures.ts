import type { ManagerFigures } from "../../ask/manager-figures.ts";
import { RoundTrips } from "../../ask/round-trips.ts";
import type { End, Traffic } from "../../ask/traffic.ts";
import { type Period, periodBefore, periodOf } from "../../period.ts";
import { dayOf, gridOf, utcText } from "../../time-grid.ts";
import { Zone } from "../../zone.ts";

/** For tests: figures of a network that never was, the same at every run. */
export interface MadeUpNetwork {
  readonly start: string;
  readonly end: string;
  readonly zone?: string;
  readonly activities: readonly string[];
  readonly locations: readonly string[];
  readonly countries: readonly string[];
  readonly services: readonly string[];
  /** Days without probe and volume. */
  readonly missingDays?: readonly string[];
  /** Bytes of the busiest pair in an hour. */
  readonly scale: number;
}

/** A name begins with `*` when the end is on the Internet and bears no name. */
function endOf(name: string): End {
  return name.startsWith("*") ? { name: null, place: "internet" } : { name, place: "own" };
}

function outsideEndOf(name: string): End {
  return name === "" ? { name: null, place: "own" } : { name, place: "internet" };
}

export function madeUpFigures(network: MadeUpNetwork): ManagerFigures {
  const period = periodOf(network.start, network.end, new Zone(network.zone ?? "UTC"));
  const before = periodBefore(period);
  const now = volumesOf(network, period, 1);
  const then = volumesOf(network, before, 0.87);
  const recent = [period, before];
  while (recent.length < 6) recent.push(periodBefore(recent.at(-1)!));
  const grid = gridOf(period);
  const coverage = coverageOf(network, period);
  const sum = (days: ReadonlyMap<string, { bytes: bigint }>) =>
    [...days.values()].reduce((total, { bytes }) => total + bytes, 0n);
  return {
    question: {
      source: "probe",
      period,
      probes: [1],
      flowClass: null,
      activity: null,
      location: null,
      host: null,
    },
    before,
    grid,
    measured: new Set([...coverage.liveSeconds.keys()].map((hour) => grid.keyOf(hour))),
    activities: now.activities,
    activitiesBefore: then.activities,
    locations: now.locations,
    locationsBefore: then.locations,
    countries: now.countries,
    countriesBefore: then.countries,
    services: now.services,
    servicesBefore: then.services,
    roundTrips: new RoundTrips(new Map(network.services.map((name, at) => [name, new Map([[640 + 9 * at, 1000]])]))),
    hours: now.hours,
    days: now.days,
    daysBefore: then.days,
    recent: recent.map((each, at) => ({
      period: each,
      bytes: at === 0 ? sum(now.days) : at === 1 ? sum(then.days) : sum(volumesOf(network, each, 0.8 - at / 20).days),
    })),
    coverage,
    coverageBefore: coverageOf(network, before),
    probes: [
      { number: 1, name: "core", bytes: sum(now.days), packets: 12_345_678n },
      { number: 2, name: "branch-router", bytes: 1234n, packets: 12n },
    ],
    unlabelled: 0,
    extent: { first: recent.at(-1)!.start, last: period.end },
  };
}

function volumesOf(network: MadeUpNetwork, period: Period, factor: number) {
  const grid = gridOf(period);
  const missing = new Set(network.missingDays ?? []);
  const hours = new Map<string, bigint>();
  const days = new Map<string, { bytes: bigint; packets: bigint }>();
  const cells = { activities: [] as Traffic[], locations: [] as Traffic[], countries: [] as Traffic[] };
  const services = network.services.map((service) => ({ service, bytes: 0n, packets: 0n }));
  const all = Array.from(
    { length: (period.untilMs - period.fromMs) / 3_600_000 },
    (_, at) => period.fromMs + at * 3_600_000,
  );
  all.map(utcText).forEach((hour, at) => {
    const day = dayOf(period, hour);
    if (missing.has(day)) return;
    let bytes = 0n;
    network.activities.forEach((name, which) => {
      const level = network.scale * factor * (1 + Math.sin((at - 8) / 3.8)) ** 2 * (1 + (at % 7) / 9);
      const [fwd, rev] = [BigInt(Math.floor(level / (which + 1) / 9)), BigInt(Math.floor(level / (which + 1)))];
      const pick = (names: readonly string[], shift: number) =>
        names[(which + shift) % Math.max(1, names.length)] ?? "";
      const common = { bucket: grid.keyOf(hour), fwdBytes: fwd, revBytes: rev, packets: rev / 700n };
      const other = pick(network.activities, at % 3);
      cells.activities.push({ ...common, src: endOf(name), dst: endOf(other) });
      cells.locations.push({
        ...common,
        src: endOf(pick(network.locations, 0)),
        dst: endOf(pick(network.locations, at % 4)),
      });
      cells.countries.push({
        ...common,
        src: { name: null, place: "own" },
        dst: outsideEndOf(pick(network.countries, at % 5)),
      });
      const service = services[(which + at) % services.length]!;
      service.bytes += fwd + rev;
      service.packets += rev / 700n;
      bytes += fwd + rev;
    });
    hours.set(hour, bytes);
    const sum = days.get(day) ?? { bytes: 0n, packets: 0n };
    days.set(day, { bytes: sum.bytes + bytes, packets: sum.packets + bytes / 700n });
  });
  return {
    ...cells,
    hours,
    days,
    services: services.map((each, at) => ({ ...each, tcp: at % 3 === 2 ? null : tcpOf(each.packets) })),
  };
}

function tcpOf(packets: bigint) {
  return {
    opened: packets / 40n,
    refused: packets / 4000n,
    reset: packets / 900n,
    timedOut: 0n,
    segments: packets,
    retransmitted: packets / 170n,
    zeroWindows: packets / 50_000n,
  };
}

function coverageOf(network: MadeUpNetwork, period: Period): ManagerFigures["coverage"] {
  const missing = new Set(network.missingDays ?? []);
  const live = new Map<string, number>();
  for (let at = period.fromMs; at < period.untilMs; at += 3_600_000) {
    const hour = utcText(at);
    if (!missing.has(dayOf(period, hour))) live.set(hour, 3600);
  }
  const capture = {
    probe: "core",
    interface: "eth0",
    coveredS: live.size * 3600,
    packets: 987_654_321n,
    kernelDropped: 1234n,
    cardDropped: 0n,
    queueDropped: 7n,
    undecodable: 3n,
    nonIp: 45_678n,
    unmatched: 0n,
  };
  return {
    liveSeconds: live,
    captures: [capture],
    spoolLosses: [],
    staleDays: network.missingDays ?? [],
    partialDays: [],
  };
}
