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

/** Made anew for each message, which is rarer than a packet. */
const KEY = new RequestKey();

/** The requests and replies of one TCP connection, for every class that asks for the protocol. Instants: of any sign. */
export class StreamPairings {
  /** Whether a class wants records of single requests. */
  readonly wantsText: boolean;
  readonly #members: readonly Member[];
  readonly #connection: StreamConnection;

  constructor(connection: StreamConnection, protocol: RequestProtocol, pairingOf: PairingOf) {
    const members: Member[] = [];
    let wantsText = false;
    for (const { flowClass, slot } of connection.members) {
      const pairing = pairingOf(flowClass, protocol);
      if (pairing === null) continue;
      members.push({ pairing, slot });
      wantsText ||= pairing.wantsText;
    }
    this.#members = members;
    this.wantsText = wantsText;
    this.#connection = connection;
  }

  request(message: Message, s: number, nanos: number, bytes: number | null): void {
    this.#identify(message);
    for (const { pairing, slot } of this.#members) pairing.request(KEY, slot, s, nanos, message, bytes);
  }

  /** More of a request that was told of. */
  prolong(message: Message, s: number, nanos: number): void {
    this.#identify(message);
    for (const { pairing } of this.#members) pairing.prolong(KEY, s, nanos);
  }

  reply(message: Message, s: number, nanos: number, bytes: number | null): void {
    this.#identify(message);
    for (const { pairing } of this.#members) pairing.reply(KEY, s, nanos, message, bytes);
  }

  /** Like `reply`, but records wait for more to be said in them. */
  replyHeld(message: Message, s: number, nanos: number): readonly HeldTransaction[] {
    this.#identify(message);
    const held: HeldTransaction[] = [];
    for (const { pairing } of this.#members) {
      const transaction = pairing.reply(KEY, s, nanos, message, null, true);
      if (transaction !== null) held.push({ pairing, transaction });
    }
    return held;
  }

  /** It cannot be known whether this request was answered: nothing counts. */
  withdraw(message: Message): void {
    this.#identify(message);
    for (const { pairing } of this.#members) pairing.withdraw(KEY);
  }

  /** The connection is none of the protocol's. */
  unreadable(): void {
    for (const { pairing } of this.#members) pairing.unreadable++;
  }

  #identify({ id1, id2, content1, content2 }: Message): void {
    KEY.ofConnection(this.#connection);
    KEY.identify(id1, id2, content1, content2);
  }
}
