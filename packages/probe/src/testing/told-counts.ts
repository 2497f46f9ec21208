import type { ObservationSink, ObservationType, observationTypes, RecordOf, RecordWriter } from "@trafmon/observation";

/** A sink that keeps nothing but sums, so that what it is given does not count as memory. */
export class ToldCounts implements ObservationSink {
  /** Packets that the account class counts. */
  accounted = 0;
  /** What events say, added up, by code and name. */
  readonly counts: { [code: string]: { [name: string]: number } } = {};
  /** Frames that could not be decoded, by reason. */
  readonly undecodable: { [reason: string]: number } = {};
  readonly #account = new Set<number>();

  writerOf<T extends ObservationType>(type: T): RecordWriter<T> {
    const take = (this.#takers as { readonly [name: string]: (record: never) => void })[type.name];
    return { write: (record) => take?.(record as never) };
  }

  advance(): void {}

  readonly #takers = {
    flow: ({ account, flow_id }: RecordOf<typeof observationTypes.flow>) => {
      if (account) this.#account.add(flow_id);
    },
    flowend: ({ flow_id }: RecordOf<typeof observationTypes.flowend>) => {
      this.#account.delete(flow_id);
    },
    ipct: ({ flow_id, fwd_packets, rev_packets }: RecordOf<typeof observationTypes.ipct>) => {
      if (this.#account.has(flow_id)) this.accounted += fwd_packets + rev_packets;
    },
    event: ({ code, parameters }: RecordOf<typeof observationTypes.event>) => {
      this.counts[code] ??= {};
      const counts = this.counts[code];
      for (const [name, count] of Object.entries(JSON.parse(parameters) as { [name: string]: number })) {
        counts[name] = (counts[name] ?? 0) + count;
      }
    },
    capst: ({ undecodable_reasons }: RecordOf<typeof observationTypes.capst>) => {
      for (const [reason, count] of undecodable_reasons) {
        this.undecodable[reason] = (this.undecodable[reason] ?? 0) + count;
      }
    },
  };
}
