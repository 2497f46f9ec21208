import { blankRecord, observationTypes } from "@trafmon/observation";
import type { HistoryLogs } from "./history-logs.ts";
import type { Host } from "./organisation.ts";
import { instantOf } from "./span.ts";

export const TCP = 6;
export const UDP = 17;

/** What tells two flow instances apart. Forward is from the client. */
export interface FlowOf {
  readonly client: Host;
  readonly server: Host;
  /** IP protocol number. */
  readonly protocol: number;
  /** null: none is known, or the protocol has none. */
  readonly service: string | null;
  /** Only for what is told apart by ports: the data connections of FTP. */
  readonly ports?: readonly [client: number, server: number];
}

/** The flow instances of the day, written when they are first used. */
export class FlowBook {
  readonly #logs: HistoryLogs;
  readonly #ids = new Map<string, number>();
  readonly #lastS = new Map<number, number>();
  #nextId = 1;

  constructor(logs: HistoryLogs) {
    this.#logs = logs;
  }

  /** Id of the flow instance, at an instant it has traffic. Seconds since the epoch. */
  idOf(of: FlowOf, atS: number): number {
    const { client, server, protocol, service, ports } = of;
    const key = [client.name, server.name, protocol, service, ports].join(" ");
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#nextId++;
      this.#ids.set(key, id);
      this.#announce(id, of, atS);
    }
    this.#lastS.set(id, Math.max(atS, this.#lastS.get(id) ?? 0));
    return id;
  }

  /** Ends all instances. After a stop of the probe, ids begin anew. */
  endAll(reason: "idle" | "stop"): void {
    const record = { ...blankRecord(observationTypes.flowend), reason };
    for (const [id, lastS] of this.#lastS) {
      const { s, nanos } = instantOf(lastS);
      this.#logs.write(observationTypes.flowend, { ...record, flow_id: id, ended_s: s, ended_nanos: nanos });
    }
    this.#ids.clear();
    this.#lastS.clear();
    if (reason === "stop") this.#nextId = 1;
  }

  #announce(id: number, { client, server, protocol, service, ports }: FlowOf, atS: number): void {
    const bits = client.address.length * 8;
    const { s, nanos } = instantOf(atS);
    this.#logs.write(observationTypes.flow, {
      ...blankRecord(observationTypes.flow),
      flow_id: id,
      class: "all",
      account: true,
      two_way: true,
      direction: protocol === TCP ? "syn" : service === null ? "first" : "service",
      ip_version: bits === 32 ? 4 : 6,
      protocol,
      fwd_address: client.address,
      fwd_prefix_length: bits,
      rev_address: server.address,
      rev_prefix_length: bits,
      fwd_port: ports?.[0] ?? null,
      rev_port: ports?.[1] ?? null,
      service,
      started_s: s,
      started_nanos: nanos,
    });
  }
}
