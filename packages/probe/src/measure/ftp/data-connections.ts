import {
  DESTINATION,
  FLAG_INNER,
  FLAG_IPV6,
  FLAGS,
  INTERFACE,
  NANOS,
  PORTS,
  SECONDS,
  SOURCE,
  TCP_FLAGS_WINDOW,
} from "@trafmon/packet";
import type { FlowClass } from "../../classify/flow-class.ts";
import { INSTANCE_CLASS, INSTANCE_STRIDE, instanceId } from "../../classify/instance-record.ts";
import { TUPLE_FIRST_MEMBER, TUPLE_INFO, tupleMembers } from "../../classify/tuple-cache.ts";
import type { RecordPool } from "../../tables/record-pool.ts";
import type { ConnectionWatch, FollowedConnections, SentSoFar } from "../tcp/connection-watch.ts";
import { SYN } from "../tcp/tcp-flags.ts";
import { addSent, type DataConnection } from "./data-connection.ts";
import type { DataOffer, OfferOwner } from "./data-offer.ts";
import { RecentConnections } from "./recent-connections.ts";

/** Most offers that wait for their connection at a time, in all and of one listener. */
const MOST_OFFERS = 65_536;
const MOST_OFFERS_OF_LISTENER = 64;

export interface DataConnectionsParts {
  readonly classes: readonly FlowClass[];
  readonly instances: RecordPool;
  readonly connections: FollowedConnections;
  /** Number of the tap group of each interface. */
  readonly tapGroupOf: Int32Array;
  /** How long before its offer a data connection may have begun. */
  readonly windowS: number;
}

/**
 * Ties TCP connections to the FTP sessions that agreed upon them, be it before or after they began, and counts what they
 * carry. An offer is tied to a connection between the side that listens and the other side of its control connection.
 */
export class DataConnections implements ConnectionWatch {
  /** Offers given up because there were too many. */
  offersDropped = 0;
  readonly #parts: DataConnectionsParts;
  readonly #recent: RecentConnections;
  /** By hash of the endpoint that listens. */
  readonly #offers = new Map<number, DataOffer[]>();
  #offerCount = 0;
  /** Offers per port: nearly every connection is told by it to be none of ours. */
  readonly #offersOfPort = new Uint32Array(65_536);
  /** By slot of the connection. */
  readonly #tied = new Map<number, DataConnection>();
  #clockS = 0;

  constructor(parts: DataConnectionsParts) {
    this.#parts = parts;
    this.#recent = new RecentConnections(parts.windowS);
  }

  get bytes(): number {
    return this.#recent.bytes + this.#offersOfPort.byteLength;
  }

  turnTo(clockS: number): void {
    this.#clockS = clockS;
  }

  /** Waits for the connection of an offer, unless it has begun already. */
  add(offer: DataOffer): void {
    for (const address of offer.listeners) {
      this.#recent.find(hashOf(address, offer.port), this.#clockS, (slot, number, flowId) => {
        if (this.#parts.connections.numberOf(slot) !== number) return false;
        return this.#tieBegun(offer, slot, flowId === 0 ? null : flowId);
      });
      if (offer.connection !== null) break;
    }
    if (offer.connection === null) offer.isLookedUpInVain = this.#recent.isOverrun(this.#clockS);
    const isCrowded = offer.listeners.some(
      (address) => (this.#offers.get(hashOf(address, offer.port))?.length ?? 0) >= MOST_OFFERS_OF_LISTENER,
    );
    if (this.#offerCount >= MOST_OFFERS || isCrowded) {
      this.offersDropped++;
      return;
    }
    this.#offerCount++;
    this.#offersOfPort[offer.port]! += 1;
    for (const address of offer.listeners) {
      const hash = hashOf(address, offer.port);
      const others = this.#offers.get(hash);
      if (others === undefined) this.#offers.set(hash, [offer]);
      else others.push(offer);
    }
  }

  /** Forgets an offer; a connection that was made of it keeps counting for it. */
  remove(offer: DataOffer): void {
    let isKnown = false;
    for (const address of offer.listeners) {
      const hash = hashOf(address, offer.port);
      const offers = this.#offers.get(hash);
      const at = offers?.indexOf(offer) ?? -1;
      if (offers === undefined || at < 0) continue;
      isKnown = true;
      if (offers.length === 1) this.#offers.delete(hash);
      else offers.splice(at, 1);
    }
    if (!isKnown) return;
    this.#offerCount--;
    this.#offersOfPort[offer.port]! -= 1;
  }

  /** Whether a data connection of the owner goes on. */
  isBusy(owner: OfferOwner): boolean {
    for (const { offers } of this.#tied.values()) if (offers.some((offer) => offer.owner === owner)) return true;
    return false;
  }

  /** Whether the packet at `at` is of a data connection that was agreed upon. */
  isAgreed(words: Int32Array, at: number): boolean {
    return this.#offersTo(words, at, true).length > 0 || this.#offersTo(words, at, false).length > 0;
  }

  began(slot: number, words: Int32Array, at: number, isB: boolean, tuples: Int32Array, entry: number): boolean {
    const flowId = this.#accountFlowId(tuples, entry);
    const ports = words[at + PORTS]!;
    // Nearly every connection is none of ours by its ports alone.
    if ((this.#offersOfPort[ports & 0xffff]! | this.#offersOfPort[ports >>> 16]!) !== 0) {
      if (this.#beginTied(slot, words, at, isB, true, flowId)) return true;
      if (this.#beginTied(slot, words, at, isB, false, flowId)) return true;
    }
    const isSyn = (words[at + TCP_FLAGS_WINDOW]! & SYN) !== 0;
    const isSynAck = isSyn && (words[at + TCP_FLAGS_WINDOW]! & 0x10) !== 0;
    const number = this.#parts.connections.numberOf(slot);
    const begunS = this.#clockS;
    if (!isSyn || !isSynAck) {
      const hash = hashAt(words, at, at + DESTINATION, ports & 0xffff);
      this.#recent.add(hash, slot, number, begunS, flowId ?? 0);
    }
    if (!isSyn || isSynAck) {
      const hash = hashAt(words, at, at + SOURCE, ports >>> 16);
      this.#recent.add(hash, slot, number, begunS, flowId ?? 0);
    }
    return false;
  }

  /** Ties a connection that has begun to the offers whose listener is the packet's destination, or its source. */
  #beginTied(
    slot: number,
    words: Int32Array,
    at: number,
    isB: boolean,
    isToListener: boolean,
    flowId: number | null,
  ): boolean {
    const offers = this.#offersTo(words, at, isToListener).filter(isFree);
    if (offers.length === 0) return false;
    const connection: DataConnection = {
      connected: { s: words[at + SECONDS]! >>> 0, nanos: words[at + NANOS]! },
      listener: addressAt(words, at, at + (isToListener ? DESTINATION : SOURCE)),
      listenerIsB: isToListener !== isB,
      accountFlowId: flowId,
      fromListener: { bytes: 0, first: null, last: null },
      fromPeer: { bytes: 0, first: null, last: null },
      offers: [],
      isEnded: false,
    };
    for (const offer of offers) tie(offer, connection);
    this.#tied.set(slot, connection);
    return true;
  }

  segment(slot: number, words: Int32Array, at: number, isB: boolean, uniqueBytes: number): void {
    if (uniqueBytes === 0) return;
    const connection = this.#tied.get(slot);
    if (connection === undefined) return;
    const isFromListener = isB === connection.listenerIsB;
    const s = words[at + SECONDS]! >>> 0;
    addSent(isFromListener ? connection.fromListener : connection.fromPeer, uniqueBytes, s, words[at + NANOS]!);
    for (const offer of connection.offers) {
      offer.owner.dataBytes(offer.isPassive === isFromListener, uniqueBytes, s);
    }
  }

  ended(slot: number): void {
    const connection = this.#tied.get(slot);
    if (connection === undefined) return;
    this.#tied.delete(slot);
    connection.isEnded = true;
    for (const offer of connection.offers) {
      // After an attempt that came to nothing another may follow.
      if (connection.fromListener.bytes + connection.fromPeer.bytes > 0) this.remove(offer);
      offer.owner.dataEnded(offer);
    }
  }

  /** Ties an offer to a connection that began before it, with what it has carried so far. */
  #tieBegun(offer: DataOffer, slot: number, flowId: number | null): boolean {
    const known = this.#tied.get(slot);
    if (known !== undefined) {
      // Two servers exchange a file: both sessions agreed on the same listener.
      if (!offer.listeners.some((address) => same(address, known.listener))) return false;
      tie(offer, known);
      return true;
    }
    const { started, a, b } = this.#parts.connections.soFar(slot);
    const listens = (side: SentSoFar, other: SentSoFar) =>
      side.port === offer.port &&
      isPeer(offer, other.port) &&
      same(other.address, offer.peer) &&
      offer.listeners.some((address) => same(address, side.address));
    const listenerIsB = listens(b, a);
    if (!listenerIsB && !listens(a, b)) return false;
    const [listener, peer] = listenerIsB ? [b, a] : [a, b];
    const connection: DataConnection = {
      connected: started,
      listener: listener.address,
      listenerIsB,
      accountFlowId: flowId,
      fromListener: { bytes: listener.uniqueBytes, first: listener.firstPayload, last: listener.lastPayload },
      fromPeer: { bytes: peer.uniqueBytes, first: peer.firstPayload, last: peer.lastPayload },
      offers: [],
      isEnded: false,
    };
    tie(offer, connection);
    this.#tied.set(slot, connection);
    this.#parts.connections.watch(slot);
    for (const [sent, isFromListener] of [
      [connection.fromListener, true],
      [connection.fromPeer, false],
    ] as const) {
      if (sent.bytes > 0)
        offer.owner.dataBytes(offer.isPassive === isFromListener, sent.bytes, sent.first?.s ?? started.s);
    }
    return true;
  }

  /** Offers whose listener is the packet's destination, or its source, and whose peer is the other end. */
  #offersTo(words: Int32Array, at: number, isToListener: boolean): readonly DataOffer[] {
    const ports = words[at + PORTS]!;
    const port = isToListener ? ports & 0xffff : ports >>> 16;
    if (this.#offersOfPort[port] === 0) return NONE;
    const listener = at + (isToListener ? DESTINATION : SOURCE);
    const peer = at + (isToListener ? SOURCE : DESTINATION);
    const peerPort = isToListener ? ports >>> 16 : ports & 0xffff;
    const offers = this.#offers.get(hashAt(words, at, listener, port));
    if (offers === undefined) return NONE;
    const here = offers.filter(
      (offer) =>
        offer.port === port &&
        isPeer(offer, peerPort) &&
        offer.tapGroup === this.#parts.tapGroupOf[words[at + INTERFACE]!] &&
        offer.isInner === ((words[at + FLAGS]! & FLAG_INNER) !== 0) &&
        offer.listeners.some((address) => isAt(address, words, at, listener)),
    );
    // With one offer that names this very peer, another session's offer of the same listener means the same connection.
    return here.some((offer) => isAt(offer.peer, words, at, peer)) ? here : NONE;
  }

  #accountFlowId(tuples: Int32Array, entry: number): number | null {
    const { instances, classes } = this.#parts;
    const end = entry + TUPLE_FIRST_MEMBER + 2 * tupleMembers(tuples[entry + TUPLE_INFO]!);
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      const slot = tuples[word]! >>> 1;
      const flowClass = classes[instances.words[slot * INSTANCE_STRIDE + INSTANCE_CLASS]!]!;
      if (flowClass.settings.account) return instanceId(instances, slot);
    }
    return null;
  }
}

const NONE: readonly DataOffer[] = [];

/** Whether a connection may be made of the offer: none was yet, or only one that came to nothing. */
function isFree({ connection }: DataOffer): boolean {
  return connection === null || (connection.isEnded && connection.fromListener.bytes + connection.fromPeer.bytes === 0);
}

/** Whether a connection from this port can be the offer's. */
function isPeer({ port, peerPort, control }: DataOffer, from: number): boolean {
  if (port === control.listenerPort && from === control.peerPort) return false;
  return peerPort === null || from === peerPort;
}

function tie(offer: DataOffer, connection: DataConnection): void {
  offer.connection = connection;
  connection.offers.push(offer);
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** Whether the address is the one in the words from `address` on of the packet record at `at`. */
function isAt(bytes: Uint8Array, words: Int32Array, at: number, address: number): boolean {
  if (bytes.length !== ((words[at + FLAGS]! & FLAG_IPV6) !== 0 ? 16 : 4)) return false;
  return bytes.every((byte, index) => byte === ((words[address + (index >> 2)]! >>> (24 - 8 * (index & 3))) & 0xff));
}

function addressAt(words: Int32Array, at: number, address: number): Uint8Array {
  const length = words[at + FLAGS]! & FLAG_IPV6 ? 16 : 4;
  return Uint8Array.from({ length }, (_, byte) => words[address + (byte >> 2)]! >>> (24 - 8 * (byte & 3)));
}

function hashAt(words: Int32Array, at: number, address: number, port: number): number {
  let hash = port;
  const count = words[at + FLAGS]! & FLAG_IPV6 ? 4 : 1;
  for (let word = 0; word < count; word++) hash = mixed(hash, words[address + word]!);
  return hash;
}

function hashOf(address: Uint8Array, port: number): number {
  let hash = port;
  const view = new DataView(address.buffer, address.byteOffset, address.byteLength);
  for (let at = 0; at < address.length; at += 4) hash = mixed(hash, view.getInt32(at));
  return hash;
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}
