import {
  addressBytes,
  ethernetIp,
  type IpPayload,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_SYN,
  tcp,
  udp,
} from "@trafmon/packet";
import type { Random } from "./random.ts";

/** Two hosts that exchange packets, one at a time. */
export interface Conversation {
  /** The next frame. */
  next(random: Random): Uint8Array;
}

/** Payload is cut from here, so that making it costs nothing. */
const PAYLOAD = Uint8Array.from({ length: 2048 }, (_, index) => (index * 131 + (index >> 3)) & 0xff);

const TCP_PORTS = [443, 443, 443, 80, 80, 22, 25, 143, 3306, 8080];
const UDP_PORTS = [53, 53, 53, 123, 161, 443, 4500, 5060];

const MSS = 1448;
const SYN_OPTIONS = Uint8Array.of(2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7);
const V6_NET = addressBytes("2001:db8::");

/** The conversation of that number. Its hosts, ports and protocol follow from the number alone. */
export function conversation(number: number): Conversation {
  const hosts = new HostPair(number);
  const kind = (Math.imul(number, 0x9e3779b1) >>> 8) % 20;
  if (kind < 13) return new TcpConversation(hosts, 1024 + (number % 60_000), TCP_PORTS[number % TCP_PORTS.length]!);
  if (kind < 19) return new UdpConversation(hosts, 1024 + (number % 60_000), UDP_PORTS[number % UDP_PORTS.length]!);
  return new EchoConversation(hosts, number & 0xffff);
}

/** Client and server addresses; one pair in five speaks IPv6. */
class HostPair {
  readonly isV6: boolean;
  readonly #client: Uint8Array;
  readonly #server: Uint8Array;
  #identification: number;

  constructor(number: number) {
    this.isV6 = number % 5 === 4;
    // 60,000 client ports a host, so that no two conversations share both addresses and ports.
    const client = 0x0a000000 + 1 + Math.floor(number / 60_000) * 4096 + (number % 4093);
    const server = 0xc6120000 + 1 + (number % 997);
    this.#client = this.isV6 ? v6Host(client) : v4Host(client);
    this.#server = this.isV6 ? v6Host(server) : v4Host(server);
    this.#identification = number & 0xffff;
  }

  frame(fromClient: boolean, payload: IpPayload): Uint8Array {
    const source = fromClient ? this.#client : this.#server;
    const destination = fromClient ? this.#server : this.#client;
    if (this.isV6) return ethernetIp(ipv6(source, destination, payload));
    this.#identification = (this.#identification + 1) & 0xffff;
    return ethernetIp(ipv4(source, destination, payload, { identification: this.#identification, dontFragment: true }));
  }
}

function v4Host(number: number): Uint8Array {
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
}

function v6Host(number: number): Uint8Array {
  const address = Uint8Array.from(V6_NET);
  address.set(v4Host(number), 12);
  return address;
}

/** Connections one after the other: handshake, requests and answers with some loss, both FINs. */
class TcpConversation implements Conversation {
  readonly #hosts: HostPair;
  readonly #clientPort: number;
  readonly #serverPort: number;
  /** Next sequence number of each side. */
  #clientNext = 0;
  #serverNext = 0;
  /** Step of the handshake (0 .. 2), of the exchange (3), of the end (4 .. 7). */
  #step = 0;
  /** Answer segments still to come. */
  #segments = 0;
  /** Data segments since the client's last ACK. */
  #unacknowledged = 0;
  /** Start of a segment that was lost before the tap; -1 for none. */
  #lost = -1;

  constructor(hosts: HostPair, clientPort: number, serverPort: number) {
    this.#hosts = hosts;
    this.#clientPort = clientPort;
    this.#serverPort = serverPort;
  }

  next(random: Random): Uint8Array {
    const step = this.#step;
    if (step === 3) return this.#exchange(random);
    this.#step = step === 7 ? 0 : step + 1;
    switch (step) {
      case 0:
        this.#clientNext = random.u32();
        this.#serverNext = random.u32();
        return this.#client(TCP_SYN, 0, SYN_OPTIONS);
      case 1:
        return this.#server(TCP_SYN | TCP_ACK, 0, SYN_OPTIONS);
      case 4:
        return this.#client(TCP_FIN | TCP_ACK, 0);
      case 5:
        return this.#server(TCP_ACK, 0);
      case 6:
        return this.#server(TCP_FIN | TCP_ACK, 0);
      default:
        return this.#client(TCP_ACK, 0);
    }
  }

  #exchange(random: Random): Uint8Array {
    if (this.#unacknowledged >= 2) {
      this.#unacknowledged = 0;
      return this.#client(TCP_ACK, 0);
    }
    if (this.#lost >= 0 && random.isLikely(0.5)) {
      const from = this.#lost;
      this.#lost = -1;
      return this.#segment(false, TCP_ACK, from, MSS);
    }
    if (this.#segments === 0) {
      if (random.isLikely(0.15)) this.#step = 4;
      this.#segments = random.below(random.isLikely(0.1) ? 40 : 4);
      return this.#client(TCP_PSH | TCP_ACK, 40 + random.below(600));
    }
    this.#segments--;
    this.#unacknowledged++;
    if (this.#lost < 0 && random.isLikely(0.005)) {
      this.#lost = this.#serverNext;
      this.#serverNext = (this.#serverNext + MSS) >>> 0;
    }
    return this.#server(TCP_ACK, random.isLikely(0.5) ? MSS : 1 + random.below(MSS));
  }

  #client(flags: number, payloadBytes: number, options?: Uint8Array): Uint8Array {
    const from = this.#clientNext;
    this.#clientNext = advance(from, flags, payloadBytes);
    return this.#segment(true, flags, from, payloadBytes, options);
  }

  #server(flags: number, payloadBytes: number, options?: Uint8Array): Uint8Array {
    const from = this.#serverNext;
    this.#serverNext = advance(from, flags, payloadBytes);
    return this.#segment(false, flags, from, payloadBytes, options);
  }

  #segment(
    fromClient: boolean,
    flags: number,
    sequence: number,
    payloadBytes: number,
    options: Uint8Array = new Uint8Array(0),
  ): Uint8Array {
    // The client acknowledges up to the hole only.
    const received = this.#lost >= 0 ? this.#lost : this.#serverNext;
    return this.#hosts.frame(
      fromClient,
      tcp({
        sourcePort: fromClient ? this.#clientPort : this.#serverPort,
        destinationPort: fromClient ? this.#serverPort : this.#clientPort,
        sequence,
        acknowledgement: (flags & TCP_ACK) === 0 ? 0 : fromClient ? received : this.#clientNext,
        flags,
        window: 8192,
        options,
        payload: PAYLOAD.subarray(0, payloadBytes),
      }),
    );
  }
}

function advance(sequence: number, flags: number, payloadBytes: number): number {
  return (sequence + payloadBytes + ((flags & (TCP_SYN | TCP_FIN)) === 0 ? 0 : 1)) >>> 0;
}

/** Requests and answers in turn; some go unanswered. */
class UdpConversation implements Conversation {
  readonly #hosts: HostPair;
  readonly #clientPort: number;
  readonly #serverPort: number;
  #isAsked = false;

  constructor(hosts: HostPair, clientPort: number, serverPort: number) {
    this.#hosts = hosts;
    this.#clientPort = clientPort;
    this.#serverPort = serverPort;
  }

  next(random: Random): Uint8Array {
    const answers = this.#isAsked && random.isLikely(0.95);
    this.#isAsked = !answers;
    const payload = PAYLOAD.subarray(0, 12 + random.below(answers ? 480 : 80));
    if (answers) return this.#hosts.frame(false, udp(this.#serverPort, this.#clientPort, payload));
    return this.#hosts.frame(true, udp(this.#clientPort, this.#serverPort, payload));
  }
}

/** Ping. */
class EchoConversation implements Conversation {
  readonly #hosts: HostPair;
  readonly #identifier: number;
  #sequence = 0;
  #isAsked = false;

  constructor(hosts: HostPair, identifier: number) {
    this.#hosts = hosts;
    this.#identifier = identifier;
  }

  next(random: Random): Uint8Array {
    const answers = this.#isAsked && random.isLikely(0.98);
    this.#isAsked = !answers;
    if (!answers) this.#sequence = (this.#sequence + 1) & 0xffff;
    const rest = ((this.#identifier << 16) | this.#sequence) >>> 0;
    const payload = PAYLOAD.subarray(0, 56);
    if (this.#hosts.isV6) return this.#hosts.frame(!answers, icmpv6(answers ? 129 : 128, 0, rest, payload));
    return this.#hosts.frame(!answers, icmp(answers ? 0 : 8, 0, rest, payload));
  }
}
