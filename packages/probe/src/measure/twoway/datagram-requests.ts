import {
  CAPTURED_PAYLOAD,
  DESTINATION,
  FLAG_DUPLICATE,
  FLAG_IPV6,
  FLAG_TRANSPORT,
  FLAGS,
  INTERFACE,
  NANOS,
  PAYLOAD,
  PAYLOAD_BYTES,
  PORTS,
  PROTOCOL_TOS_TTL,
  SECONDS,
  TCP_FLAGS_WINDOW,
} from "@trafmon/packet";
import type { Range, RequestProtocol, RequestProtocolPorts } from "@trafmon/settings";
import type { FlowClass } from "../../classify/flow-class.ts";
import { INSTANCE_CLASS, INSTANCE_STRIDE } from "../../classify/instance-record.ts";
import type { ServiceLookup } from "../../classify/service-lookup.ts";
import { TUPLE_FIRST_MEMBER, TUPLE_INFO, tupleMembers } from "../../classify/tuple-cache.ts";
import type { RecordPool } from "../../tables/record-pool.ts";
import { RST, SYN } from "../tcp/tcp-flags.ts";
import { decodeDns } from "./dns-message.ts";
import { readEcho } from "./icmp-echo.ts";
import { type Decoder, Message, NO_MESSAGE, REPLY, REQUEST } from "./message.ts";
import { decodeNtp } from "./ntp-message.ts";
import { ProtocolPorts, portsNotUnderstood } from "./protocol-ports.ts";
import { RequestKey } from "./request-key.ts";
import type { RequestPairing } from "./request-pairing.ts";
import { ServiceMessages } from "./service-messages.ts";
import { decodeSnmp } from "./snmp-message.ts";
import { REFUSAL, readOpening } from "./tcp-handshake.ts";

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;

/** What a UDP port speaks. */
interface Speech {
  readonly protocol: RequestProtocol;
  /** null: its messages are not understood. */
  readonly decode: Decoder | null;
  /** By class; null: the class does not ask. Shape: [classes]. */
  readonly pairings: readonly (RequestPairing | null)[];
  readonly wantsText: boolean;
}

export interface DatagramRequestsParts {
  readonly classes: readonly FlowClass[];
  /** The flow instances' records. */
  readonly instances: RecordPool;
  /** Number of the tap group of each interface. */
  readonly tapGroupOf: Int32Array;
  readonly serviceOf: ServiceLookup;
  /** What pairs a protocol's messages for a class; null: the class does not ask for it. */
  readonly pairingOf: (flowClass: FlowClass, protocol: RequestProtocol) => RequestPairing | null;
}

/**
 * Finds requests and replies that are packets of their own: ICMP echo, messages over UDP, and the segments that open TCP
 * connections. A message is read once, and goes to every class that asks for its protocol.
 *
 * A request to a multicast address or to all is none: whoever answers does so from another address.
 */
export class DatagramRequests {
  readonly #parts: DatagramRequestsParts;
  readonly #message = new Message();
  readonly #key = new RequestKey();
  readonly #echo: Speech | null;
  readonly #opening: Speech | null;
  readonly #speeches: readonly (Speech | null)[];
  readonly #ports: ProtocolPorts;
  #viewed: ArrayBufferLike = new ArrayBuffer(0);
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(parts: DatagramRequestsParts) {
    this.#parts = parts;
    this.#echo = this.#speech("icmp", null);
    this.#opening = this.#speech("tcp-handshake", null);
    const asking = parts.classes.find(({ settings }) => settings.measure.twoWayDelays !== null);
    const spoken = asking === undefined ? [] : spokenOverUdp(asking.settings.measure.twoWayDelays!.ports);
    this.#speeches = spoken.map(({ protocol, decode }) => this.#speech(protocol, decode));
    this.#ports = new ProtocolPorts(spoken.map(({ ports }, place) => (this.#speeches[place] === null ? [] : ports)));
  }

  /** Whether packets of the tuple may be requests or replies for the class. */
  asks(classIndex: number, words: Int32Array, at: number): boolean {
    const protocol = words[at + PROTOCOL_TOS_TTL]! & 0xff;
    if (protocol === ICMP || protocol === ICMPV6) return isAsked(this.#echo, classIndex);
    if (protocol === TCP) return isAsked(this.#opening, classIndex);
    if (protocol !== UDP || (words[at + FLAGS]! & FLAG_TRANSPORT) === 0) return false;
    const ports = words[at + PORTS]!;
    return (
      isAsked(this.#speeches[this.#ports.of(ports >>> 16) - 1], classIndex) ||
      isAsked(this.#speeches[this.#ports.of(ports & 0xffff) - 1], classIndex)
    );
  }

  /**
   * Takes a packet with its transport header, of a tuple for which some class asks. `tuples`, `entry`: the cache entry of
   * its tuple.
   */
  packet(words: Int32Array, at: number, tuples: Int32Array, entry: number): void {
    if ((words[at + FLAGS]! & FLAG_DUPLICATE) !== 0) return;
    switch (words[at + PROTOCOL_TOS_TTL]! & 0xff) {
      case TCP:
        if ((words[at + TCP_FLAGS_WINDOW]! & (SYN | RST)) !== 0) this.#segment(words, at, tuples, entry);
        return;
      case UDP:
        this.#datagram(words, at, tuples, entry);
        return;
      default:
        this.#icmp(words, at, tuples, entry);
    }
  }

  #icmp(words: Int32Array, at: number, tuples: Int32Array, entry: number): void {
    const speech = this.#echo;
    if (speech === null) return;
    const message = this.#message;
    message.reset();
    readEcho(words, at, speech.wantsText, message);
    if (message.role !== NO_MESSAGE) this.#take(speech, words, at, tuples, entry, words[at + PAYLOAD_BYTES]!);
  }

  #segment(words: Int32Array, at: number, tuples: Int32Array, entry: number): void {
    const speech = this.#opening;
    if (speech === null) return;
    const message = this.#message;
    message.reset();
    const part = readOpening(words, at, speech.wantsText, message);
    if (part === REFUSAL) this.#refuse(speech, words, at, tuples, entry);
    else if (part !== NO_MESSAGE) this.#take(speech, words, at, tuples, entry, null);
  }

  #refuse(speech: Speech, words: Int32Array, at: number, tuples: Int32Array, entry: number): void {
    if (!speech.wantsText) return;
    const message = this.#message;
    this.#key.ofPacket(words, at, false, this.#tapGroup(words, at));
    this.#key.identify(message.id1, message.id2, message.content1, message.content2);
    const end = endOfMembers(tuples, entry);
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      this.#pairing(speech, tuples[word]! >>> 1)?.note(this.#key, message.status);
    }
  }

  /** A reply comes from a port that speaks the protocol, a request goes to one. */
  #datagram(words: Int32Array, at: number, tuples: Int32Array, entry: number): void {
    const ports = words[at + PORTS]!;
    const from = this.#ports.of(ports >>> 16);
    const to = this.#ports.of(ports & 0xffff);
    if (to !== 0)
      this.#speak(this.#speeches[to - 1]!, from === to ? REQUEST | REPLY : REQUEST, words, at, tuples, entry);
    if (from !== 0 && from !== to) this.#speak(this.#speeches[from - 1]!, REPLY, words, at, tuples, entry);
  }

  #speak(speech: Speech, roles: number, words: Int32Array, at: number, tuples: Int32Array, entry: number): void {
    const message = this.#message;
    message.reset();
    if (speech.decode === null) {
      message.role = roles === (REQUEST | REPLY) ? this.#likelyRole(speech, words, at, tuples, entry) : roles;
      message.isUnnumbered = true;
    } else {
      const bytes = this.#bytesOf(words);
      const payload = words.byteOffset + 4 * (at + PAYLOAD);
      speech.decode(bytes, payload, payload + words[at + CAPTURED_PAYLOAD]!, speech.wantsText, message, roles);
      if (message.role === NO_MESSAGE) {
        this.#countUnreadable(speech, tuples, entry);
        return;
      }
    }
    message.role &= roles;
    this.#take(speech, words, at, tuples, entry, words[at + PAYLOAD_BYTES]!);
  }

  #countUnreadable(speech: Speech, tuples: Int32Array, entry: number): void {
    // Not everything that goes to a service's port has to look like its requests.
    if (speech.protocol === "user") return;
    const end = endOfMembers(tuples, entry);
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      const pairing = this.#pairing(speech, tuples[word]! >>> 1);
      if (pairing !== null) pairing.unreadable++;
    }
  }

  /** Of a datagram between two ports that both might be the server's. */
  #likelyRole(speech: Speech, words: Int32Array, at: number, tuples: Int32Array, entry: number): number {
    const [source, destination] = [words[at + PORTS]! >>> 16, words[at + PORTS]! & 0xffff];
    const service = source === destination ? null : this.#parts.serviceOf(UDP, source, destination);
    if (service !== null) return service.port === destination ? REQUEST : REPLY;
    // Who spoke first asks.
    this.#key.ofPacket(words, at, false, this.#tapGroup(words, at));
    this.#key.identify(0, 0, 0, 0);
    const end = endOfMembers(tuples, entry);
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      if (this.#pairing(speech, tuples[word]! >>> 1)?.knows(this.#key)) return REPLY;
    }
    return REQUEST;
  }

  /** Hands the message that was read to the classes that ask. */
  #take(speech: Speech, words: Int32Array, at: number, tuples: Int32Array, entry: number, bytes: number | null): void {
    const message = this.#message;
    const key = this.#key;
    const s = words[at + SECONDS]!;
    const nanos = words[at + NANOS]!;
    const end = endOfMembers(tuples, entry);
    if (message.role & REPLY) {
      const isBoth = (message.role & REQUEST) !== 0;
      key.ofPacket(words, at, false, this.#tapGroup(words, at));
      key.identify(
        isBoth ? message.answered1 : message.id1,
        isBoth ? message.answered2 : message.id2,
        message.content1,
        message.content2,
      );
      for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
        this.#pairing(speech, tuples[word]! >>> 1)?.reply(key, s, nanos, message, bytes);
      }
    }
    if ((message.role & REQUEST) === 0 || goesToMany(words, at)) return;
    key.ofPacket(words, at, true, this.#tapGroup(words, at));
    key.identify(message.id1, message.id2, message.content1, message.content2);
    for (let word = entry + TUPLE_FIRST_MEMBER; word < end; word += 2) {
      const slot = tuples[word]! >>> 1;
      this.#pairing(speech, slot)?.request(key, slot, s, nanos, message, bytes);
    }
  }

  /** What pairs such messages for the class of a flow instance; null: it does not ask for them. */
  #pairing({ pairings }: Speech, slot: number): RequestPairing | null {
    return pairings[this.#parts.instances.words[slot * INSTANCE_STRIDE + INSTANCE_CLASS]!]!;
  }

  #speech(protocol: RequestProtocol, decode: Decoder | null): Speech | null {
    const pairings = this.#parts.classes.map((flowClass) => this.#parts.pairingOf(flowClass, protocol));
    if (pairings.every((pairing) => pairing === null)) return null;
    return { protocol, decode, pairings, wantsText: pairings.some((pairing) => pairing?.wantsText) };
  }

  #tapGroup(words: Int32Array, at: number): number {
    return this.#parts.tapGroupOf[words[at + INTERFACE]!] ?? 0;
  }

  /** The bytes of the memory that packet records lie in; it changes rarely. */
  #bytesOf(words: Int32Array): Uint8Array {
    if (words.buffer !== this.#viewed) {
      this.#viewed = words.buffer;
      this.#bytes = new Uint8Array(words.buffer);
    }
    return this.#bytes;
  }
}

interface Spoken {
  readonly protocol: RequestProtocol;
  readonly decode: Decoder | null;
  readonly ports: readonly Range[];
}

/** What is spoken over UDP, and on which ports. */
function spokenOverUdp(ports: RequestProtocolPorts): readonly Spoken[] {
  const { dns, ntp, snmp, signatures } = ports;
  return [
    { protocol: "dns", decode: decodeDns, ports: dns },
    { protocol: "ntp", decode: decodeNtp, ports: ntp },
    { protocol: "snmp", decode: decodeSnmp, ports: snmp },
    ...signatures
      .filter(({ transport }) => transport === "udp")
      .map((settings): Spoken => {
        const service = new ServiceMessages(settings);
        return { protocol: "user", decode: (...payload) => service.read(...payload), ports: settings.ports };
      }),
    { protocol: "udp", decode: null, ports: portsNotUnderstood(ports, "udp") },
  ];
}

/** Whether a class asks for what a port speaks, if it speaks anything. */
function isAsked(speech: Speech | null | undefined, classIndex: number): boolean {
  return speech != null && speech.pairings[classIndex] !== null;
}

function endOfMembers(tuples: Int32Array, entry: number): number {
  return entry + TUPLE_FIRST_MEMBER + 2 * tupleMembers(tuples[entry + TUPLE_INFO]!);
}

/** Whether a packet goes to a multicast address, or to everybody. */
function goesToMany(words: Int32Array, at: number): boolean {
  const destination = words[at + DESTINATION]!;
  if ((words[at + FLAGS]! & FLAG_IPV6) !== 0) return destination >>> 24 === 0xff;
  return destination >>> 28 === 0xe || destination === -1;
}
