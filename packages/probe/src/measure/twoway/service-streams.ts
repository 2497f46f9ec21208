import type { StreamAnalyser, StreamConnection, StreamProtocol } from "../../reassemble/stream-protocol.ts";
import type { StreamReader } from "../../reassemble/stream-reader.ts";
import { Message, REPLY, REQUEST } from "./message.ts";
import type { ServiceMessages } from "./service-messages.ts";
import { type PairingOf, StreamPairings } from "./stream-pairings.ts";

/** Requests without a number that may wait on one connection. */
const MOST_OUTSTANDING = 4096;

/** Services of the site's own over TCP. A message begins with a segment's new bytes. */
export class ServiceStreams implements StreamProtocol {
  readonly #services: readonly ServiceMessages[];
  readonly #pairingOf: PairingOf;
  readonly #message = new Message();
  #connections = 0;

  /** `services`: those spoken over TCP. */
  constructor(services: readonly ServiceMessages[], pairingOf: PairingOf) {
    this.#services = services;
    this.#pairingOf = pairingOf;
  }

  open(connection: StreamConnection): StreamAnalyser | null {
    const { port } = connection.server;
    const service = this.#services.find(({ settings }) =>
      settings.ports.some(({ from, to }) => port >= from && port <= to),
    );
    if (service === undefined) return null;
    this.#connections = (this.#connections + 1) | 0;
    const pairings = new StreamPairings(connection, "user", this.#pairingOf);
    return new ServiceConnection(service, pairings, this.#message, this.#connections);
  }
}

class ServiceConnection implements StreamAnalyser {
  readonly client: StreamReader;
  readonly server: StreamReader;
  readonly #service: ServiceMessages;
  readonly #pairings: StreamPairings;
  readonly #message: Message;
  readonly #number: number;
  /** Requests and replies so far, where order ties them. */
  #asked = 0;
  #answered = 0;

  constructor(service: ServiceMessages, pairings: StreamPairings, message: Message, number: number) {
    this.#service = service;
    this.#pairings = pairings;
    this.#message = message;
    this.#number = number;
    this.client = this.#reader(REQUEST);
    this.server = this.#reader(REPLY);
  }

  #reader(role: number): StreamReader {
    let lastS = -1;
    let lastNanos = -1;
    return {
      bytes: (data, s, nanos) => {
        lastS = s;
        lastNanos = nanos;
        this.#take(role, data, s, nanos);
      },
      gap: (lengthBytes, s, nanos) => {
        // The rest of a segment is of no use; a segment that is missing may have been a message.
        if (lengthBytes !== null && (s !== lastS || nanos !== lastNanos)) this.#lost();
      },
      end: () => {},
    };
  }

  #take(role: number, data: Uint8Array, s: number, nanos: number): void {
    const message = this.#message;
    message.reset();
    this.#service.read(data, 0, data.length, this.#pairings.wantsText, message, role);
    if (message.role === 0) return;
    message.isInOrder = true;
    if (!this.#service.correlates) {
      if (role === REPLY && this.#answered === this.#asked) return;
      this.#numbered(role === REQUEST ? ++this.#asked : ++this.#answered);
    }
    if (role === REPLY) this.#pairings.reply(message, s, nanos, null);
    else {
      this.#pairings.request(message, s, nanos, null);
      if (this.#asked - this.#answered > MOST_OUTSTANDING) this.#lost();
    }
  }

  /** Order ties requests and replies, and is not known any more. */
  #lost(): void {
    while (this.#answered < this.#asked) {
      this.#message.reset();
      this.#pairings.withdraw(this.#numbered(++this.#answered));
    }
  }

  #numbered(ordinal: number): Message {
    const message = this.#message;
    message.id1 = ordinal;
    message.id2 = this.#number;
    message.isUnnumbered = false;
    if (this.#pairings.wantsText) message.identifier = String(ordinal);
    return message;
  }
}
