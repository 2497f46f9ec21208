import { type ObservationSink, observationTypes, type RecordWriter } from "@trafmon/observation";
import type { RequestProtocol, TwoWayDelaySettings } from "@trafmon/settings";
import type { SourceClock } from "../../analysis/source-clock.ts";
import { INSTANCE_PINS, INSTANCE_STRIDE, instanceId } from "../../classify/instance-record.ts";
import type { RecordPool } from "../../tables/record-pool.ts";
import type { DelayCells } from "./delay-cells.ts";
import type { Message } from "./message.ts";
import type { PairingRule } from "./pairing-rule.ts";
import type { RequestKey } from "./request-key.ts";
import {
  CONTENT_ANY,
  CONTENT_EQUAL,
  CONTENT_WITHIN,
  FIRST_NANOS,
  FIRST_S,
  LAST_NANOS,
  LAST_S,
  OVERDUE,
  REQUEST_INSTANCE,
  REQUEST_STATE,
  RequestTable,
  SETTLED,
  WAITING,
} from "./request-table.ts";
import { requestRecord, type Transaction } from "./transaction.ts";

export interface RequestPairingParts {
  readonly rule: PairingRule;
  readonly settings: TwoWayDelaySettings;
  /** null: the class wants no records of this protocol. `query`: with the query of HTTP requests. */
  readonly details: { readonly query: boolean } | null;
  readonly cells: DelayCells;
  readonly instances: RecordPool;
  readonly clock: SourceClock;
  readonly latenessS: number;
  readonly maxRequests: number;
  readonly sink: ObservationSink;
}

/**
 * Pairs requests and replies of one protocol for one class, and counts what became of them.
 *
 * A request waits until its reply comes or the time-out is over, by the source clock and its lateness; then it counts as
 * unanswered, and stays known for a reply that is late. An answered one stays known for another time-out, so that
 * further copies of request and reply are told as such. A full table forgets what is answered first, then what is
 * overdue, then what waits.
 *
 * Instants are those of packets: seconds since the epoch of any sign, and nanoseconds.
 */
export class RequestPairing {
  /** Requests counted as unanswered because the table was full. */
  evicted = 0;
  /** Requests that still waited at the end, and so count as unanswered. */
  cutOff = 0;
  /** Requests that do not count, for it cannot be known whether they were answered. */
  withdrawn = 0;
  /** Messages, or connections, on ports of the protocol that could not be read as such. */
  unreadable = 0;
  /** Second of the source clock at which something is due. */
  dueS = Number.POSITIVE_INFINITY;
  /** Whether records of single requests are wanted. */
  readonly wantsText: boolean;
  readonly #parts: RequestPairingParts;
  readonly #table: RequestTable;
  readonly #timeoutNs: number;
  readonly #waitS: number;
  readonly #lateS: number;
  readonly #rememberS: number;
  readonly #writer: RecordWriter<typeof observationTypes.trans>;
  /** By slot, of the requests whose details are wanted. */
  readonly #transactions: (Transaction | null)[] = [];

  constructor(parts: RequestPairingParts) {
    this.#parts = parts;
    this.wantsText = parts.details !== null;
    this.#table = new RequestTable(parts.maxRequests);
    const { timeoutMs, lateMs } = parts.settings;
    this.#timeoutNs = timeoutMs * 1e6;
    // A second more, for the clock is looked at once a second.
    this.#waitS = Math.ceil(timeoutMs / 1000 + parts.latenessS) + 1;
    this.#lateS = Math.ceil(lateMs / 1000);
    this.#rememberS = Math.ceil(timeoutMs / 1000) + 1;
    this.#writer = parts.sink.writerOf(observationTypes.trans);
  }

  get protocol(): RequestProtocol {
    return this.#parts.rule.protocol;
  }

  get bytes(): number {
    return this.#table.bytes;
  }

  /** Requests known now. */
  get known(): number {
    return this.#table.pool.taken;
  }

  /** Takes a request for a flow instance. `bytes`: its payload, null: it has none. */
  request(key: RequestKey, slot: number, s: number, nanos: number, message: Message, bytes: number | null): void {
    const table = this.#table;
    const known = table.find(key, CONTENT_EQUAL);
    if (known === 0) {
      if (table.surplus !== 0) this.#giveAway(table.surplus);
    } else {
      const state = table.pool.words[table.baseOf(known) + REQUEST_STATE]!;
      if (state === WAITING || !(this.#parts.rule.beginsAnew || message.isUnnumbered)) {
        this.#repeated(known, state, s, nanos);
        return;
      }
      this.#forget(known);
    }
    if (table.isFull) this.#makeRoom();
    const added = table.add(key);
    const base = table.baseOf(added);
    const requests = table.pool.words;
    requests[base + REQUEST_INSTANCE] = slot;
    requests[base + FIRST_S] = requests[base + LAST_S] = s;
    requests[base + FIRST_NANOS] = requests[base + LAST_NANOS] = nanos;
    this.#pin(slot, 1);
    this.#queue(added, WAITING, this.#clockS + this.#waitS);
    const { details, rule, instances } = this.#parts;
    if (details === null) return;
    const flowId = instanceId(instances, slot);
    const record = requestRecord(flowId, rule.protocol, key, s >>> 0, nanos, message, bytes, details.query);
    this.#transactions[added] = { slot, record };
  }

  /** Whether a request with this key is known. */
  knows(key: RequestKey): boolean {
    return this.#table.find(key, CONTENT_EQUAL) !== 0;
  }

  /**
   * Takes a reply to the request with this key, if there is one. With `isHeld` the transaction's record is not written
   * but returned, for more to be said in it; `write` is then due.
   */
  reply(
    key: RequestKey,
    s: number,
    nanos: number,
    message: Message,
    bytes: number | null,
    isHeld = false,
  ): Transaction | null {
    const table = this.#table;
    const { rule, cells } = this.#parts;
    const known = table.find(
      key,
      rule.isContentWithin ? CONTENT_WITHIN : message.hasContent ? CONTENT_EQUAL : CONTENT_ANY,
    );
    if (known === 0) return null;
    const base = table.baseOf(known);
    const requests = table.pool.words;
    const slot = requests[base + REQUEST_INSTANCE]!;
    const firstS = requests[base + FIRST_S]!;
    const state = requests[base + REQUEST_STATE]!;
    if (state === SETTLED) {
      if (!message.isInOrder) cells.repliedAgain(slot, firstS, rule.number, this.#clockS);
      return null;
    }
    const delayNs = nanosBetween(firstS, requests[base + FIRST_NANOS]!, s, nanos);
    const lastCopyDelayNs = nanosBetween(requests[base + LAST_S]!, requests[base + LAST_NANOS]!, s, nanos);
    const isLate = state === OVERDUE || delayNs > this.#timeoutNs;
    if (!isLate) cells.replied(slot, firstS, rule.number, delayNs, lastCopyDelayNs, this.#clockS);
    else {
      if (state === WAITING) cells.unanswered(slot, firstS, rule.number, this.#clockS);
      cells.late(slot, firstS, rule.number, this.#clockS);
    }
    table.dequeue(known);
    this.#queue(known, SETTLED, this.#clockS + this.#rememberS);
    const transaction = this.#takeTransaction(known);
    if (transaction === null) return null;
    const { record } = transaction;
    record.outcome = isLate ? "late" : "replied";
    record.replied_s = s >>> 0;
    record.replied_nanos = nanos;
    record.delay_ns = delayNs;
    record.last_copy_delay_ns = lastCopyDelayNs;
    record.status = message.status;
    // What was agreed upon, where both sides name one.
    record.version = message.version ?? record.version;
    record.answers = message.answers;
    record.reply_bytes = bytes;
    if (isHeld) {
      this.#pin(slot, 1);
      return transaction;
    }
    this.#writer.write(record);
    return null;
  }

  /** More of a request that still waits: its last copy is the newer for it. */
  prolong(key: RequestKey, s: number, nanos: number): void {
    const known = this.#table.find(key, CONTENT_EQUAL);
    const base = this.#table.baseOf(known);
    const requests = this.#table.pool.words;
    if (known === 0 || requests[base + REQUEST_STATE] === SETTLED) return;
    requests[base + LAST_S] = s;
    requests[base + LAST_NANOS] = nanos;
  }

  /** Forgets a request that waits, uncounted: whether it was answered cannot be known. */
  withdraw(key: RequestKey): void {
    const known = this.#table.find(key, CONTENT_EQUAL);
    if (known === 0 || this.#table.pool.words[this.#table.baseOf(known) + REQUEST_STATE] !== WAITING) return;
    this.withdrawn++;
    this.#takeTransaction(known);
    this.#forget(known);
  }

  /** Notes of a request that still waits why it will not be answered. */
  note(key: RequestKey, status: string | null): void {
    const { rule } = this.#parts;
    const known = this.#table.find(key, rule.isContentWithin ? CONTENT_WITHIN : CONTENT_EQUAL);
    const transaction = this.#transactions[known];
    if (known !== 0 && transaction) transaction.record.status = status;
  }

  /** Writes a transaction that was held. */
  write(transaction: Transaction): void {
    this.#writer.write(transaction.record);
    this.#pin(transaction.slot, -1);
  }

  /** Settles what is due by the source clock. */
  settle(clockS: number): void {
    const table = this.#table;
    for (let slot = table.oldest(WAITING); slot !== 0 && table.dueOf(slot) <= clockS; slot = table.oldest(WAITING)) {
      this.#giveUp(slot);
      table.dequeue(slot);
      this.#queue(slot, OVERDUE, table.dueOf(slot) + this.#lateS);
    }
    for (const state of [OVERDUE, SETTLED]) {
      for (let slot = table.oldest(state); slot !== 0 && table.dueOf(slot) <= clockS; slot = table.oldest(state)) {
        this.#forget(slot);
      }
    }
    this.dueS = table.dueS;
  }

  /** Settles everything: what still waits counts as unanswered. */
  finish(): void {
    const table = this.#table;
    for (let slot = table.oldest(WAITING); slot !== 0; slot = table.oldest(WAITING)) {
      this.cutOff++;
      this.#giveUp(slot);
      this.#forget(slot);
    }
    for (const state of [OVERDUE, SETTLED]) {
      for (let slot = table.oldest(state); slot !== 0; slot = table.oldest(state)) this.#forget(slot);
    }
    this.dueS = Number.POSITIVE_INFINITY;
  }

  get #clockS(): number {
    return this.#parts.clock.s;
  }

  #repeated(known: number, state: number, s: number, nanos: number): void {
    const { cells, rule } = this.#parts;
    const requests = this.#table.pool.words;
    const base = this.#table.baseOf(known);
    cells.repeated(requests[base + REQUEST_INSTANCE]!, requests[base + FIRST_S]!, rule.number, this.#clockS);
    if (state === SETTLED) return;
    requests[base + LAST_S] = s;
    requests[base + LAST_NANOS] = nanos;
  }

  #giveUp(slot: number): void {
    const { cells, rule } = this.#parts;
    const requests = this.#table.pool.words;
    const base = this.#table.baseOf(slot);
    cells.unanswered(requests[base + REQUEST_INSTANCE]!, requests[base + FIRST_S]!, rule.number, this.#clockS);
  }

  #makeRoom(): void {
    const table = this.#table;
    this.#giveAway(table.oldest(SETTLED) || table.oldest(OVERDUE) || table.oldest(WAITING));
  }

  /** Forgets a request to make room; one that waits counts as unanswered. */
  #giveAway(given: number): void {
    const table = this.#table;
    if (table.pool.words[table.baseOf(given) + REQUEST_STATE] === WAITING) {
      this.evicted++;
      this.#giveUp(given);
    }
    this.#forget(given);
  }

  /** Takes a request out; a transaction nobody answered is written. */
  #forget(slot: number): void {
    const table = this.#table;
    const transaction = this.#takeTransaction(slot);
    if (transaction !== null) this.#writer.write(transaction.record);
    this.#pin(table.pool.words[table.baseOf(slot) + REQUEST_INSTANCE]!, -1);
    table.dequeue(slot);
    table.remove(slot);
  }

  #takeTransaction(slot: number): Transaction | null {
    const transaction = this.#transactions[slot];
    if (!transaction) return null;
    this.#transactions[slot] = null;
    return transaction;
  }

  #queue(slot: number, state: number, dueS: number): void {
    this.#table.enqueue(slot, state, dueS);
    this.dueS = Math.min(this.dueS, dueS);
  }

  #pin(slot: number, by: 1 | -1): void {
    this.#parts.instances.words[slot * INSTANCE_STRIDE + INSTANCE_PINS]! += by;
  }
}

/** From one instant to another; 0 when that is the earlier one. */
function nanosBetween(s: number, nanos: number, laterS: number, laterNanos: number): number {
  return Math.max(0, ((laterS - s) | 0) * 1e9 + (laterNanos - nanos));
}
