import type { RequestProtocol, TransactionSettings, TwoWayDelaySettings } from "@trafmon/settings";
import type { RecordPool } from "../../tables/record-pool.ts";
import type { Measurement, MeasurementParts } from "../measurement.ts";
import { DelayCells } from "./delay-cells.ts";
import { announceDelaySlices, delaySlices } from "./delay-slices.ts";
import { pairingRules } from "./pairing-rule.ts";
import { RequestPairing } from "./request-pairing.ts";

/** What became of requests beyond what records say. */
export interface RequestTrouble {
  /** Counted as unanswered because the table was full. */
  evicted: number;
  /** Counted as unanswered because the analysis ended before their time-out. */
  cutOff: number;
  /** Not counted, because pieces of their connection are missing. */
  withdrawn: number;
  /** Messages, or connections, on ports of a protocol that could not be read as such, by protocol. */
  unreadable: { [protocol: string]: number };
}

export function noRequestTrouble(): RequestTrouble {
  return { evicted: 0, cutOff: 0, withdrawn: 0, unreadable: {} };
}

/** `twoway` and `trans` of one class: a pairing for each protocol it asks for, and the cells they count in. */
export class TwoWayDelays implements Measurement {
  readonly #cells: DelayCells;
  /** By number of the protocol; null: not asked for. */
  readonly #pairings: readonly (RequestPairing | null)[];

  constructor(parts: MeasurementParts, settings: TwoWayDelaySettings, details: TransactionSettings | null) {
    const { intervalS, timeoutMs, boundsNs, protocols } = settings;
    const settledAfterS = Math.ceil(parts.latenessS + timeoutMs / 1000) + 1;
    announceDelaySlices(parts.sink, parts.flowClass.settings.name, boundsNs);
    const cells = new DelayCells(parts, intervalS, settledAfterS, delaySlices(boundsNs));
    this.#cells = cells;
    this.#pairings = pairingRules.map((rule) =>
      protocols.includes(rule.protocol)
        ? new RequestPairing({
            ...parts,
            rule,
            settings,
            details: details?.protocols.includes(rule.protocol) ? details : null,
            cells,
          })
        : null,
    );
  }

  /** Pairs requests and replies of a protocol; null: the class does not ask for it. */
  pairing(protocol: RequestProtocol): RequestPairing | null {
    return this.#pairings[pairingRules.findIndex((rule) => rule.protocol === protocol)]!;
  }

  /** Adds what became of this class's requests. */
  addTrouble(sum: RequestTrouble): void {
    for (const pairing of this.#pairings) {
      if (pairing === null) continue;
      sum.evicted += pairing.evicted;
      sum.cutOff += pairing.cutOff;
      sum.withdrawn += pairing.withdrawn;
      sum.unreadable[pairing.protocol] = (sum.unreadable[pairing.protocol] ?? 0) + pairing.unreadable;
    }
  }

  get dueS(): number {
    let { dueS } = this.#cells;
    for (const pairing of this.#pairings) if (pairing !== null && pairing.dueS < dueS) dueS = pairing.dueS;
    return dueS;
  }

  get pool(): RecordPool {
    return this.#cells.pool;
  }

  get bytes(): number {
    return this.#pairings.reduce((sum, pairing) => sum + (pairing?.bytes ?? 0), this.#cells.bytes);
  }

  /** Packets count by the requests and replies they are. */
  count(): void {}

  writeOf(slot: number): void {
    this.#cells.writeOf(slot);
  }

  writeEnded(clockS: number): void {
    for (const pairing of this.#pairings) if (pairing !== null && pairing.dueS <= clockS) pairing.settle(clockS);
    if (this.#cells.dueS <= clockS) this.#cells.writeEnded(clockS);
  }

  writeAll(): void {
    for (const pairing of this.#pairings) pairing?.finish();
    this.#cells.writeAll();
  }
}
