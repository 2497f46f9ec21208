import type { StreamAnalyser, StreamConnection, StreamProtocol } from "../../reassemble/stream-protocol.ts";
import type { StreamReader } from "../../reassemble/stream-reader.ts";
import type { Identities } from "../identities/identities.ts";
import { decodeDns } from "./dns-message.ts";
import { Message, NO_MESSAGE, REPLY, REQUEST } from "./message.ts";
import { type PairingOf, StreamPairings } from "./stream-pairings.ts";

/** Bytes kept of a message that comes in pieces; its questions and most answers lie within. */
const MOST_KEPT_BYTES = 4096;

/** A header, the least there can be. */
const LEAST_BYTES = 12;

/** DNS over TCP (RFC 7766): each message behind two bytes with its length. */
export class DnsStreams implements StreamProtocol {
  readonly #pairingOf: PairingOf;
  readonly #message = new Message();

  readonly #identities: Identities;

  constructor(pairingOf: PairingOf, identities: Identities) {
    this.#pairingOf = pairingOf;
    this.#identities = identities;
  }

  open(connection: StreamConnection): StreamAnalyser {
    const pairings = new StreamPairings(connection, "dns", this.#pairingOf);
    return {
      client: new DnsMessages(pairings, REQUEST, this.#message, null),
      server: new DnsMessages(pairings, REPLY, this.#message, this.#identities.namesOf(connection)),
    };
  }
}

/** The messages of one direction. */
class DnsMessages implements StreamReader {
  readonly #pairings: StreamPairings;
  readonly #role: number;
  readonly #message: Message;
  /** Takes the names that a server tells; null: they are not asked for. */
  readonly #names: ReturnType<Identities["namesOf"]>;
  /** Where messages begin is known. */
  #isInStep = true;
  /** Length of the message at hand, -1: not known yet; its first byte alone may be. */
  #length = -1;
  #firstByte = -1;
  /** Bytes of the message still to come. */
  #missing = 0;
  #kept = new Uint8Array(0);
  #keptBytes = 0;
  /** Something is missing behind what is kept. */
  #isCut = false;
  /** The latest instant of its bytes. */
  #s = 0;
  #nanos = 0;

  constructor(pairings: StreamPairings, role: number, message: Message, names: ReturnType<Identities["namesOf"]>) {
    this.#names = names;
    this.#pairings = pairings;
    this.#role = role;
    this.#message = message;
  }

  bytes(data: Uint8Array, seconds: number, nanos: number): void {
    if (!this.#isInStep) {
      // A segment that holds one message, as most do, shows where messages begin.
      if (data.length < 2 + LEAST_BYTES || ((data[0]! << 8) | data[1]!) !== data.length - 2) return;
      this.#isInStep = true;
    }
    let at = 0;
    while (at < data.length) {
      this.#note(seconds, nanos);
      if (this.#length < 0) {
        at = this.#readLength(data, at);
        continue;
      }
      const count = Math.min(this.#missing, data.length - at);
      if (count === this.#length) this.#take(data, at, at + count);
      else this.#keep(data, at, count);
      at += count;
      this.#missing -= count;
      if (this.#missing === 0) this.#endMessage();
    }
  }

  gap(lengthBytes: number | null, seconds: number, nanos: number): void {
    if (!this.#isInStep) return;
    if (lengthBytes !== null && this.#length >= 0 && lengthBytes <= this.#missing) {
      // The message ends where its length says. What comes before the gap may be all that is needed of it.
      this.#note(seconds, nanos);
      this.#isCut = true;
      this.#missing -= lengthBytes;
      if (this.#missing === 0) this.#endMessage();
      return;
    }
    this.#isInStep = false;
    this.#forget();
  }

  end(): void {
    this.#forget();
  }

  #readLength(data: Uint8Array, at: number): number {
    if (this.#firstByte < 0) {
      this.#firstByte = data[at]!;
      return at + 1;
    }
    this.#length = this.#missing = (this.#firstByte << 8) | data[at]!;
    this.#firstByte = -1;
    if (this.#length === 0) this.#forget();
    return at + 1;
  }

  #keep(data: Uint8Array, at: number, count: number): void {
    if (this.#isCut) return;
    if (this.#kept.length === 0) this.#kept = new Uint8Array(Math.min(this.#length, MOST_KEPT_BYTES));
    const kept = Math.min(count, this.#kept.length - this.#keptBytes);
    this.#kept.set(data.subarray(at, at + kept), this.#keptBytes);
    this.#keptBytes += kept;
  }

  #endMessage(): void {
    if (this.#keptBytes > 0) this.#take(this.#kept, 0, this.#keptBytes);
    this.#forget();
  }

  #take(bytes: Uint8Array, from: number, until: number): void {
    const message = this.#message;
    if (this.#s >= 0) this.#names?.(bytes.subarray(from, until), this.#s, this.#nanos);
    message.reset();
    decodeDns(bytes, from, until, this.#pairings.wantsText, message);
    message.isInOrder = true;
    if (message.role === NO_MESSAGE || message.role !== this.#role) return;
    if (message.role === REQUEST) this.#pairings.request(message, this.#s, this.#nanos, this.#length);
    else this.#pairings.reply(message, this.#s, this.#nanos, this.#length);
  }

  #note(s: number, nanos: number): void {
    if (this.#length < 0 && this.#firstByte < 0) {
      this.#s = s;
      this.#nanos = nanos;
    } else if (s > this.#s || (s === this.#s && nanos > this.#nanos)) {
      this.#s = s;
      this.#nanos = nanos;
    }
  }

  #forget(): void {
    this.#length = this.#firstByte = -1;
    this.#missing = this.#keptBytes = 0;
    this.#isCut = false;
    this.#kept = new Uint8Array(0);
  }
}
