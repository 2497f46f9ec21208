import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../craft/random.ts";
import { CaptureTelling } from "./capture-telling.ts";
import { pick, poisson } from "./chance.ts";
import { ExchangeTelling } from "./exchange.ts";
import { FaultCalendar, faultsOf } from "./faults.ts";
import { FtpTelling } from "./ftp-session.ts";
import { type Habit, habits } from "./habits.ts";
import { HistoryLogs } from "./history-logs.ts";
import { HistoryTruth } from "./history-truth.ts";
import { tellObjectives } from "./objectives.ts";
import { OneWayTelling } from "./one-way-stream.ts";
import { type Host, type Organisation, organisation } from "./organisation.ts";
import { PacketCounts } from "./packet-counts.ts";
import { DAY_S } from "./span.ts";
import { TcpTelling } from "./tcp-session.ts";

export interface HistoryPlan {
  /** Folder for `logs/`, `truth.json` and `ipInfo.ini`. */
  readonly folder: string;
  /** Midnights, UTC: seconds since the epoch; the end is not included. */
  readonly fromS: number;
  readonly untilS: number;
  readonly seed: number;
  /** How many times the usual number of machines. */
  readonly scale: number;
  readonly intervalS: number;
  /** Name the observations bear as their probe's and collector's. */
  readonly probe: string;
}

export interface HistoryResult {
  readonly records: number;
  readonly logFolder: string;
}

const HOUR_S = 3600;
/** Share of requests that get no answer on a good day. */
const UNANSWERED_SHARE = 0.002;

/** Writes the observation logs of a period that never was: as probe and collector write them, with the truth beside. */
export function writeHistory(plan: HistoryPlan, onDay: (days: number) => void = () => {}): HistoryResult {
  const teller = new HistoryTeller(plan);
  for (let dayS = plan.fromS; dayS < plan.untilS; dayS += DAY_S) {
    teller.tellDay(dayS);
    onDay((dayS - plan.fromS) / DAY_S + 1);
  }
  return teller.finish();
}

class HistoryTeller {
  readonly #plan: HistoryPlan;
  readonly #random: Random;
  readonly #people: Organisation;
  readonly #faults: FaultCalendar;
  readonly #logs: HistoryLogs;
  readonly #truth = new HistoryTruth();
  readonly #counts: PacketCounts;
  readonly #tcp: TcpTelling;
  readonly #exchanges: ExchangeTelling;
  readonly #ftp: FtpTelling;
  readonly #oneWay: OneWayTelling;
  readonly #capture: CaptureTelling;
  readonly #logFolder: string;

  constructor(plan: HistoryPlan) {
    this.#plan = plan;
    const { seed, intervalS, probe } = plan;
    this.#random = new Random(seed);
    this.#people = organisation(plan.scale);
    this.#faults = new FaultCalendar(faultsOf(plan.fromS, plan.untilS));
    this.#logFolder = join(plan.folder, "logs");
    mkdirSync(plan.folder, { recursive: true });
    const epoch = (seed >>> 0).toString(16).padStart(16, "0");
    const place = { folder: this.#logFolder, collector: probe, probe, epoch, run: this.#runOf(0) };
    this.#logs = new HistoryLogs(place);
    const logs = this.#logs;
    const truth = this.#truth;
    const random = this.#random;
    this.#counts = new PacketCounts(logs, truth, intervalS);
    this.#tcp = new TcpTelling(random, logs, truth, this.#counts, intervalS);
    this.#exchanges = new ExchangeTelling(random, logs, truth, this.#counts, intervalS);
    const faults = this.#faults;
    this.#ftp = new FtpTelling({ random, logs, truth, counts: this.#counts, tcp: this.#tcp, faults, intervalS });
    this.#oneWay = new OneWayTelling(random, logs, faults, intervalS);
    this.#capture = new CaptureTelling(logs, faults, intervalS);
    this.#beginRun(plan.fromS);
  }

  tellDay(dayS: number): void {
    const awayFault = this.#faults.faults.find(({ kind, fromS }) => kind === "probe away" && sameDay(fromS, dayS));
    for (let hourS = dayS; hourS < dayS + DAY_S; hourS += HOUR_S) {
      for (const habit of habits) this.#tellHour(habit, hourS);
    }
    const { intervalS } = this.#plan;
    const [station] = this.#people.groups.partner;
    const [console] = this.#people.groups.control;
    for (let at = dayS; at < dayS + DAY_S; at += intervalS) {
      if (this.#isAway(at)) continue;
      this.#oneWay.tell(station!, console!, at);
    }
    this.#writeCounters();
    this.#counts.flows.endAll(awayFault === undefined ? "idle" : "stop");
    if (awayFault !== undefined) {
      const { fromS, untilS } = awayFault;
      this.#capture.event(fromS, "info", "probe_stopped", "the probe has stopped", {});
      this.#logs.beginRun(this.#runOf(dayS + DAY_S));
      this.#beginRun(untilS);
    }
    this.#logs.rotate();
  }

  finish(): HistoryResult {
    const { folder, fromS, untilS, seed, scale, intervalS, probe } = this.#plan;
    this.#capture.event(untilS - 1, "info", "probe_stopped", "the probe has stopped", {});
    this.#logs.rotate();
    const instant = (s: number) => new Date(s * 1000).toISOString();
    const about = {
      synthetic: "made up by trafgen_history; no packet of this was ever sent",
      from: instant(fromS),
      until: instant(untilS),
      seed,
      scale,
      intervalS,
      probe,
      records: this.#logs.records,
    };
    writeFileSync(join(folder, "truth.json"), this.#truth.text(about, this.#faults.faults));
    writeFileSync(join(folder, "ipInfo.ini"), this.#people.ipInfo);
    return { records: this.#logs.records, logFolder: this.#logFolder };
  }

  #tellHour(habit: Habit, hourS: number): void {
    const busy = habit.profile(hourS + HOUR_S / 2);
    const random = this.#random;
    const { groups } = this.#people;
    for (const key of habit.clients) {
      for (const client of groups[key]) {
        const times = poisson(random, habit.perHour * busy);
        for (let time = 0; time < times; time++) {
          const atS = hourS + random.fraction() * HOUR_S;
          const server = this.#serverFor(client, habit);
          // Drawn before asking whether anybody watched: a fault must not change what happens elsewhere.
          this.#tellMeeting(habit, client, server, atS);
        }
      }
    }
  }

  /** Machines speak to those of their own IP version. */
  #serverFor(client: Host, habit: Habit): Host {
    const servers = habit.servers.flatMap((key) => this.#people.groups[key]);
    const reachable = servers.filter(({ address }) => address.length === client.address.length);
    return pick(this.#random, reachable.length > 0 ? reachable : servers);
  }

  #tellMeeting({ does }: Habit, client: Host, server: Host, atS: number): void {
    const random = this.#random;
    if (client.address.length !== server.address.length) return;
    const meeting = { client, server, atS, random };
    if (this.#isAway(atS)) {
      this.#truth.addUnobserved();
      return;
    }
    const conditions = this.#faults.between(client, server, atS);
    if (does.kind === "tcp") this.#tcp.tell(does.session(meeting), conditions);
    else if (does.kind === "ftp") this.#ftp.tell(does.session(meeting));
    else {
      const exchange = does.exchange(meeting);
      const namesAway = exchange.protocol === "dns" && this.#faults.isOn("names unanswered", atS);
      const isUnanswered = conditions.isCut || namesAway || random.isLikely(UNANSWERED_SHARE + conditions.loss);
      this.#exchanges.tell({
        ...exchange,
        roundTripS: exchange.roundTripS * conditions.slowness,
        isUnanswered,
      });
    }
  }

  #isAway(atS: number): boolean {
    return this.#faults.isOn("probe away", atS);
  }

  #writeCounters(): void {
    this.#counts.write();
    this.#tcp.write();
    this.#exchanges.write();
    this.#ftp.write();
    for (const [intervalStartS, seen] of this.#counts.seen) this.#capture.statistics(intervalStartS, seen);
    this.#counts.seen.clear();
  }

  #beginRun(atS: number): void {
    const { seed, probe } = this.#plan;
    this.#capture.begin(atS, { seed });
    this.#oneWay.announce(probe);
    tellObjectives(this.#logs, atS);
  }

  #runOf(atS: number): string {
    return ((this.#plan.seed >>> 0).toString(16).padStart(8, "0") + atS.toString(16).padStart(8, "0")).slice(0, 16);
  }
}

function sameDay(one: number, other: number): boolean {
  return Math.floor(one / DAY_S) === Math.floor(other / DAY_S);
}
