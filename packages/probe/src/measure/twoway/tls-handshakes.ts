import type { StreamAnalyser, StreamConnection, StreamProtocol } from "../../reassemble/stream-protocol.ts";
import type { Identities } from "../identities/identities.ts";
import { Message } from "./message.ts";
import { type PairingOf, StreamPairings } from "./stream-pairings.ts";
import { alertName, CLIENT_HELLO, isRetry, readHello, SERVER_HELLO } from "./tls-hello.ts";
import { TlsReader, type TlsSides } from "./tls-reader.ts";

/** TLS handshakes: from the end of the ClientHello to the end of the ServerHello, or to the alert in its place. */
export class TlsHandshakes implements StreamProtocol {
  readonly #pairingOf: PairingOf;
  readonly #message = new Message();
  #connections = 0;

  readonly #identities: Identities;

  constructor(pairingOf: PairingOf, identities: Identities) {
    this.#pairingOf = pairingOf;
    this.#identities = identities;
  }

  open(connection: StreamConnection): StreamAnalyser {
    this.#connections = (this.#connections + 1) | 0;
    const pairings = new StreamPairings(connection, "tls", this.#pairingOf);
    const names = this.#identities.serverNameOf(connection);
    return new TlsConnection(pairings, this.#message, this.#connections, names);
  }
}

/**
 * One connection. The ClientHello that a HelloRetryRequest asks for is a further copy of the first (RFC 8446 section
 * 4.1.4), and the ServerHello that follows is the answer to both.
 */
class TlsConnection implements StreamAnalyser, TlsSides {
  readonly client: TlsReader;
  readonly server: TlsReader;
  readonly #pairings: StreamPairings;
  readonly #message: Message;
  readonly #number: number;
  /** Takes the name that the server answers to; null: it is not asked for. */
  readonly #names: ReturnType<Identities["serverNameOf"]>;
  /** Name that the client asked for. */
  #serverName: string | null = null;
  #isAsked = false;

  constructor(
    pairings: StreamPairings,
    message: Message,
    number: number,
    names: ReturnType<Identities["serverNameOf"]>,
  ) {
    this.#names = names;
    this.#pairings = pairings;
    this.#message = message;
    this.#number = number;
    this.client = new TlsReader(this, true);
    this.server = new TlsReader(this, false);
  }

  /** Nothing more is to be read. */
  get isDone(): boolean {
    return this.client.isStopped && this.server.isStopped;
  }

  hello(isClient: boolean, type: number, body: Uint8Array, s: number, nanos: number): boolean {
    return isClient ? this.#clientSays(type, body, s, nanos) : this.#serverSays(type, body, s, nanos);
  }

  alert(isClient: boolean, description: number, s: number, nanos: number): boolean {
    if (isClient) return false;
    this.#begin().status = `alert ${alertName(description)}`;
    this.#pairings.reply(this.#message, s, nanos, null);
    this.#stop();
    return false;
  }

  refused(): void {
    this.#pairings.unreadable();
    this.#stop();
  }

  #clientSays(type: number, body: Uint8Array, s: number, nanos: number): boolean {
    // A client without a certificate goes on encrypted; one that resumes, too.
    if (type !== CLIENT_HELLO) return false;
    const message = this.#begin();
    if (this.#pairings.wantsText || this.#names !== null) readHello(CLIENT_HELLO, body, message);
    this.#serverName = message.name;
    this.#pairings.request(message, s, nanos, null);
    const isFirst = !this.#isAsked;
    this.#isAsked = true;
    return isFirst;
  }

  #serverSays(type: number, body: Uint8Array, s: number, nanos: number): boolean {
    if (type === SERVER_HELLO && isRetry(body)) return true;
    if (type !== SERVER_HELLO) return false;
    const message = this.#begin();
    if (this.#pairings.wantsText) readHello(SERVER_HELLO, body, message);
    if (this.#serverName !== null) this.#names?.(this.#serverName, s, nanos);
    this.#pairings.reply(message, s, nanos, null);
    this.#stop();
    return false;
  }

  #begin(): Message {
    const message = this.#message;
    message.reset();
    message.id1 = this.#number;
    message.isInOrder = true;
    return message;
  }

  #stop(): void {
    this.client.stop();
    this.server.stop();
  }
}
