import type { DataPdu } from "@trafmon/observation";
import type { PendingFile, PendingOwner, PendingRecord } from "../remember/pending-file.ts";

/** Number of these in the pending file. */
const OWNER = 2;
/** What happens to a run's PDUs; the numbers stand in files: none is used anew. */
const HOLD = 1;
const RELEASE = 2;

/** Bodies that wait, of all runs together, at most. */
const MOST_BYTES = 64 << 20;

/** A PDU whose records cannot be written yet: nobody has described their flows. */
export interface UndescribedPdu {
  readonly type: number;
  readonly firstRecordNo: number;
  readonly recordCount: number;
  readonly body: Uint8Array;
  /** Ids of its flows that were not described when it came. */
  readonly flows: readonly number[];
}

interface RunNames {
  readonly probe: string;
  readonly run: string;
}

/**
 * PDUs that wait for the descriptions of their flows: in the pending file, and so under the commit of the logs. They
 * have been taken, and are acknowledged; of each type the ones behind wait as well, for a type's records are written in
 * their order.
 */
export class UndescribedPdus implements PendingOwner {
  readonly #file: PendingFile;
  /** By run and probe: of each type, in order of sequence. */
  readonly #runs = new Map<string, { readonly names: RunNames; readonly byType: Map<number, UndescribedPdu[]> }>();
  #bytes = 0;

  constructor(file: PendingFile) {
    this.#file = file;
    file.register(OWNER, this);
  }

  /** Runs that have PDUs here. */
  get runs(): readonly RunNames[] {
    return [...this.#runs.values()].map(({ names }) => names);
  }

  /** Whether PDUs of the type wait, so that the next one must too. */
  hasOf(names: RunNames, type: number): boolean {
    return this.#runs.get(keyOf(names))?.byType.has(type) ?? false;
  }

  /** Flow ids that the run's PDUs wait for. */
  flowsOf(names: RunNames): readonly number[] {
    const byType = this.#runs.get(keyOf(names))?.byType;
    if (byType === undefined) return [];
    return [...new Set([...byType.values()].flatMap((pdus) => pdus.flatMap(({ flows }) => flows)))];
  }

  /** Keeps a copy of a PDU. False when there is no room: then it must stay with its probe. */
  hold(names: RunNames, pdu: DataPdu, flows: readonly number[]): boolean {
    if (this.#bytes + pdu.body.length > MOST_BYTES) return false;
    const { type, firstRecordNo, recordCount } = pdu;
    const kept = { type, firstRecordNo, recordCount, body: Buffer.from(pdu.body), flows };
    this.#keep(names, kept);
    this.#file.append(OWNER, HOLD, ...holdParts(names, kept));
    return true;
  }

  /** Gives, and forgets, of each type the first PDUs as long as all their flows are known. */
  release(names: RunNames, isDescribed: (flowId: number) => boolean, write: (pdu: UndescribedPdu) => void): void {
    const byType = this.#runs.get(keyOf(names))?.byType;
    if (byType === undefined) return;
    for (const [type, pdus] of byType) {
      const stop = pdus.findIndex(({ flows }) => !flows.every(isDescribed));
      const count = stop < 0 ? pdus.length : stop;
      if (count === 0) continue;
      for (const pdu of this.#forget(names, type, count)) write(pdu);
      this.#file.append(OWNER, RELEASE, Buffer.from(JSON.stringify({ ...names, type, count })));
    }
  }

  pending(): readonly PendingRecord[] {
    return [...this.#runs.values()].flatMap(({ names, byType }) =>
      [...byType.values()].flatMap((pdus) =>
        pdus.map((pdu) => ({ kind: HOLD, payload: Buffer.concat(holdParts(names, pdu)) })),
      ),
    );
  }

  restore(kind: number, payload: Buffer): void {
    if (kind === RELEASE) {
      const { probe, run, type, count } = JSON.parse(payload.toString());
      this.#forget({ probe, run }, type, count);
      return;
    }
    const end = 4 + payload.readUInt32LE(0);
    const { probe, run, ...pdu } = JSON.parse(payload.toString("utf8", 4, end));
    this.#keep({ probe, run }, { ...pdu, body: Buffer.from(payload.subarray(end)) });
  }

  #keep(names: RunNames, pdu: UndescribedPdu): void {
    const key = keyOf(names);
    const { byType } = this.#runs.get(key) ?? { byType: new Map<number, UndescribedPdu[]>() };
    this.#runs.set(key, { names: { probe: names.probe, run: names.run }, byType });
    const pdus = byType.get(pdu.type);
    if (pdus === undefined) byType.set(pdu.type, [pdu]);
    else pdus.push(pdu);
    this.#bytes += pdu.body.length;
  }

  #forget(names: RunNames, type: number, count: number): readonly UndescribedPdu[] {
    const key = keyOf(names);
    const byType = this.#runs.get(key)?.byType;
    const gone = byType?.get(type)?.splice(0, count) ?? [];
    for (const { body } of gone) this.#bytes -= body.length;
    if (byType?.get(type)?.length === 0) byType.delete(type);
    if (byType?.size === 0) this.#runs.delete(key);
    return gone;
  }
}

const keyOf = ({ probe, run }: RunNames) => `${run} ${probe}`;

/** Length of a JSON head (4 bytes, little-endian), the head, the body. */
function holdParts({ probe, run }: RunNames, { body, ...pdu }: UndescribedPdu): Uint8Array[] {
  const head = Buffer.from(JSON.stringify({ probe, run, ...pdu }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length, 0);
  return [length, head, body];
}
