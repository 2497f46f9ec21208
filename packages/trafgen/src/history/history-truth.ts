import type { Fault } from "./faults.ts";
import type { FlowOf } from "./flow-book.ts";
import type { BothWays } from "./packet-counts.ts";

interface Volume {
  packets: number;
  bytes: number;
}

/** What happened, added up apart from the logs: reports and tables are held against it. */
export class HistoryTruth {
  /** By day, UTC. */
  readonly #days = new Map<string, Volume>();
  /** By `client's activity/location > server's activity/location, service`. */
  readonly #relations = new Map<string, Volume & { fwdBytes: number; revBytes: number }>();
  readonly #connections = new Map<string, number>();
  readonly #transfers = new Map<string, { count: number; bytes: number }>();
  readonly #requests = new Map<string, { requests: number; replied: number }>();
  #unobservedSessions = 0;

  addVolume({ client, server, service, protocol }: FlowOf, atS: number, counts: BothWays): void {
    const packets = counts.fwdPackets + counts.revPackets;
    const bytes = counts.fwdBytes + counts.revBytes;
    const day = new Date(atS * 1000).toISOString().slice(0, 10);
    const ofDay = this.#days.get(day) ?? { packets: 0, bytes: 0 };
    ofDay.packets += packets;
    ofDay.bytes += bytes;
    this.#days.set(day, ofDay);
    const what = service ?? `protocol ${protocol}`;
    const key = `${client.activity}/${client.location} > ${server.activity}/${server.location}, ${what}`;
    const relation = this.#relations.get(key) ?? { packets: 0, bytes: 0, fwdBytes: 0, revBytes: 0 };
    relation.packets += packets;
    relation.bytes += bytes;
    relation.fwdBytes += counts.fwdBytes;
    relation.revBytes += counts.revBytes;
    this.#relations.set(key, relation);
  }

  addConnection(outcome: string): void {
    this.#connections.set(outcome, (this.#connections.get(outcome) ?? 0) + 1);
  }

  addTransfer(outcome: string, bytes: number): void {
    const sum = this.#transfers.get(outcome) ?? { count: 0, bytes: 0 };
    sum.count++;
    sum.bytes += bytes;
    this.#transfers.set(outcome, sum);
  }

  addRequest(protocol: string, isReplied: boolean): void {
    const sum = this.#requests.get(protocol) ?? { requests: 0, replied: 0 };
    sum.requests++;
    if (isReplied) sum.replied++;
    this.#requests.set(protocol, sum);
  }

  /** A session nobody saw, for the probe was away. */
  addUnobserved(): void {
    this.#unobservedSessions++;
  }

  /** As JSON text. */
  text(about: object, faults: readonly Fault[]): string {
    const instant = (s: number) => new Date(s * 1000).toISOString();
    const told = faults.map(({ fromS, untilS, ...fault }) => ({
      ...fault,
      from: instant(fromS),
      until: instant(untilS),
    }));
    const object = {
      ...about,
      faults: told,
      days: sorted(this.#days),
      relations: sorted(this.#relations),
      connections: sorted(this.#connections),
      transfers: sorted(this.#transfers),
      requests: sorted(this.#requests),
      unobservedSessions: this.#unobservedSessions,
    };
    return `${JSON.stringify(object, null, 2)}\n`;
  }
}

function sorted<V>(map: ReadonlyMap<string, V>): Record<string, V> {
  return Object.fromEntries([...map].sort(([one], [other]) => (one < other ? -1 : 1)));
}
