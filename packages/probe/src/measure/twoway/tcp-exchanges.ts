import type { StreamAnalyser, StreamConnection, StreamProtocol } from "../../reassemble/stream-protocol.ts";
import type { StreamReader } from "../../reassemble/stream-reader.ts";
import { Message } from "./message.ts";
import { type PairingOf, StreamPairings } from "./stream-pairings.ts";

/**
 * TCP services whose messages are not understood: what a client sends until the server sends something is a request, and
 * what comes back next is its reply.
 */
export class TcpExchanges implements StreamProtocol {
  readonly #pairingOf: PairingOf;
  readonly #message = new Message();
  #connections = 0;

  constructor(pairingOf: PairingOf) {
    this.#pairingOf = pairingOf;
  }

  open(connection: StreamConnection): StreamAnalyser {
    this.#connections = (this.#connections + 1) | 0;
    const exchange = new Exchange(
      new StreamPairings(connection, "tcp", this.#pairingOf),
      this.#message,
      this.#connections,
    );
    return {
      client: turns((s, nanos) => exchange.asked(s, nanos)),
      server: turns((s, nanos) => exchange.answered(s, nanos)),
    };
  }
}

/** The turns of one connection. */
class Exchange {
  readonly #pairings: StreamPairings;
  readonly #message: Message;
  readonly #number: number;
  #turn = 0;
  #isWaiting = false;

  constructor(pairings: StreamPairings, message: Message, number: number) {
    this.#pairings = pairings;
    this.#message = message;
    this.#number = number;
  }

  asked(s: number, nanos: number): void {
    if (this.#isWaiting) {
      this.#pairings.prolong(this.#identified(), s, nanos);
      return;
    }
    this.#turn++;
    this.#isWaiting = true;
    this.#pairings.request(this.#identified(), s, nanos, null);
  }

  answered(s: number, nanos: number): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    this.#pairings.reply(this.#identified(), s, nanos, null);
  }

  #identified(): Message {
    const message = this.#message;
    message.reset();
    message.id1 = this.#turn;
    message.id2 = this.#number;
    message.isInOrder = true;
    if (this.#pairings.wantsText) message.identifier = String(this.#turn);
    return message;
  }
}

/** Payload counts by its segments' instants, captured or not. Nothing of it is looked at. */
function turns(take: (s: number, nanos: number) => void): StreamReader {
  let lastS = -1;
  let lastNanos = -1;
  const come = (s: number, nanos: number) => {
    if (s === lastS && nanos === lastNanos) return;
    lastS = s;
    lastNanos = nanos;
    take(s, nanos);
  };
  return {
    bytes: (_, s, nanos) => come(s, nanos),
    gap: (lengthBytes, s, nanos) => {
      if (lengthBytes !== null) come(s, nanos);
    },
    end: () => {},
  };
}
