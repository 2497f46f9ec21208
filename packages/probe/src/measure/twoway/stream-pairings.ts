import type { RequestProtocol } from "@trafmon/settings";
import type { FlowClass } from "../../classify/flow-class.ts";
import type { StreamConnection } from "../../reassemble/stream-protocol.ts";
import type { Message } from "./message.ts";
import { RequestKey } from "./request-key.ts";
import type { RequestPairing } from "./request-pairing.ts";
import type { Transaction } from "./transaction.ts";

/** What pairs a protocol's messages for a class; null: the class does not ask for it. */
export type PairingOf = (flowClass: FlowClass, protocol: RequestProtocol) => RequestPairing | null;

interface Member {
  readonly pairing: RequestPairing;
  readonly slot: number;
}

/** A record that more is to be said in, and where it is to be written. */
export interface HeldTransaction {
  readonly pairing: RequestPairing;
  readonly transaction: Transaction;
}

/** The requests and replies of one TCP connection, for every class that asks for the protocol. Instants: of any sign. */
export class StreamPairings {
  /** Whether a class wants records of single requests. */
  readonly wantsText: boolean;
  readonly #members: readonly Member[];
  readonly #key = new RequestKey();

  constructor(connection: StreamConnection, protocol: RequestProtocol, pairingOf: PairingOf) {
    this.#members = connection.members.flatMap(({ flowClass, slot }) => {
      const pairing = pairingOf(flowClass, protocol);
      return pairing === null ? [] : [{ pairing, slot }];
    });
    this.wantsText = this.#members.some(({ pairing }) => pairing.wantsText);
    this.#key.ofConnection(connection);
  }

  request(message: Message, s: number, nanos: number, bytes: number | null): void {
    this.#identify(message);
    for (const { pairing, slot } of this.#members) pairing.request(this.#key, slot, s, nanos, message, bytes);
  }

  /** More of a request that was told of. */
  prolong(message: Message, s: number, nanos: number): void {
    this.#identify(message);
    for (const { pairing } of this.#members) pairing.prolong(this.#key, s, nanos);
  }

  reply(message: Message, s: number, nanos: number, bytes: number | null): void {
    this.#identify(message);
    for (const { pairing } of this.#members) pairing.reply(this.#key, s, nanos, message, bytes);
  }

  /** Like `reply`, but records wait for more to be said in them. */
  replyHeld(message: Message, s: number, nanos: number): readonly HeldTransaction[] {
    this.#identify(message);
    const held: HeldTransaction[] = [];
    for (const { pairing } of this.#members) {
      const transaction = pairing.reply(this.#key, s, nanos, message, null, true);
      if (transaction !== null) held.push({ pairing, transaction });
    }
    return held;
  }

  /** It cannot be known whether this request was answered: nothing counts. */
  withdraw(message: Message): void {
    this.#identify(message);
    for (const { pairing } of this.#members) pairing.withdraw(this.#key);
  }

  /** The connection is none of the protocol's. */
  unreadable(): void {
    for (const { pairing } of this.#members) pairing.unreadable++;
  }

  #identify({ id1, id2, content1, content2 }: Message): void {
    this.#key.identify(id1, id2, content1, content2);
  }
}
