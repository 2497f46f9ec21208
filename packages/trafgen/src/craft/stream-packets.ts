import { internetChecksum, sumWords, TCP_ACK } from "@trafmon/packet";
import type { StreamTraffic } from "../scenario/scenario.ts";
import { linkHeader, type Macs } from "./link-header.ts";
import { MARK_BYTES, writeMark } from "./packet-mark.ts";
import { largestOf } from "./packet-sizes.ts";
import { PATTERN, patternSum } from "./payload-pattern.ts";
import type { Random } from "./random.ts";

const UDP = 17;
const TCP = 6;

/** Where fields are, behind the link header (RFC 791, RFC 8200). */
const V4 = { length: 2, identification: 4, flags: 6, checksum: 10, source: 12, destination: 16, bytes: 20 } as const;
const V6 = { length: 4, source: 8, destination: 24, bytes: 40 } as const;

/**
 * Makes the frames of a stream, one after the other in the same bytes: what stays the same is written once, and the
 * pattern in the payload has its checksum known beforehand.
 */
export class StreamPackets {
  /** The frame, as far as `length`. */
  readonly bytes: Uint8Array;
  length = 0;
  readonly linkBytes: number;
  /** Of IP and transport. */
  readonly headerBytes: number;
  readonly transportBytes: number;
  readonly protocol: number;
  readonly #stream: StreamTraffic;
  readonly #isV6: boolean;
  readonly #mtuBytes: number;
  readonly #run: number;
  readonly #view: DataView;
  readonly #words: Uint32Array;
  #identification: number;
  #sequence: number;

  constructor(stream: StreamTraffic, macs: Macs, mtuBytes: number, run: number, random: Random) {
    this.#stream = stream;
    this.#isV6 = stream.from.family === 6;
    this.#mtuBytes = mtuBytes;
    this.#run = run;
    this.protocol = stream.protocol === "udp" ? UDP : TCP;
    const link = linkHeader(macs, true, stream.from.family, stream.vlan);
    this.linkBytes = link.length;
    this.transportBytes = this.protocol === UDP ? 8 : 20;
    this.headerBytes = (this.#isV6 ? V6.bytes : V4.bytes) + this.transportBytes;
    const payloadAt = this.linkBytes + this.headerBytes;
    const mostPayload = Math.max(0, largestOf(stream.size) - this.headerBytes);
    this.bytes = new Uint8Array(payloadAt + mostPayload);
    this.#view = new DataView(this.bytes.buffer);
    this.#words = new Uint32Array(stream.payload === "random" ? (mostPayload + 3) >> 2 : 0);
    this.bytes.set(link);
    if (stream.payload === "mark") this.bytes.set(PATTERN.subarray(0, mostPayload), payloadAt);
    this.#identification = random.below(65_536);
    this.#sequence = random.u32();
    this.#writeConstants();
  }

  /** Addresses and ports of the frames to come. */
  address(source: Uint8Array, destination: Uint8Array, sourcePort: number, destinationPort: number): void {
    const at = this.linkBytes;
    const where = this.#isV6 ? V6 : V4;
    this.bytes.set(source, at + where.source);
    this.bytes.set(destination, at + where.destination);
    this.#view.setUint16(at + where.bytes, sourcePort);
    this.#view.setUint16(at + where.bytes + 2, destinationPort);
  }

  /**
   * Makes the next frame.
   * @param ipBytes the IP packet; at least `headerBytes`
   * @param seconds when it is due, since the epoch
   */
  make(ipBytes: number, number: number, seconds: number, nanos: number, random: Random): void {
    const payloadBytes = ipBytes - this.headerBytes;
    this.length = this.linkBytes + ipBytes;
    const payloadSum = this.#writePayload(payloadBytes, number, seconds, nanos, random);
    if (this.#isV6) this.#view.setUint16(this.linkBytes + V6.length, ipBytes - V6.bytes);
    else this.#writeV4(ipBytes);
    if (this.protocol === UDP) this.#writeUdp(payloadBytes, payloadSum);
    else this.#writeTcp(payloadBytes, payloadSum);
  }

  /** For the header of IPv6 fragments. */
  nextIdentification(): number {
    this.#identification++;
    return this.#identification >>> 0;
  }

  #writeConstants(): void {
    const { tos, ttl, flags } = this.#stream;
    const at = this.linkBytes;
    const transport = at + (this.#isV6 ? V6.bytes : V4.bytes);
    if (this.#isV6) {
      this.#view.setUint32(at, ((6 << 28) | (tos << 20)) >>> 0);
      this.bytes[at + 6] = this.protocol;
      this.bytes[at + 7] = ttl;
    } else {
      this.bytes[at] = 0x45;
      this.bytes[at + 1] = tos;
      this.bytes[at + 8] = ttl;
      this.bytes[at + 9] = this.protocol;
    }
    if (this.protocol !== TCP) return;
    this.#view.setUint32(transport + 8, (flags & TCP_ACK) === 0 ? 0 : 1);
    this.#view.setUint16(transport + 12, (5 << 12) | flags);
    this.#view.setUint16(transport + 14, 65_535);
  }

  /** Sum of the payload's 16-bit words. */
  #writePayload(length: number, number: number, seconds: number, nanos: number, random: Random): number {
    const at = this.linkBytes + this.headerBytes;
    switch (this.#stream.payload) {
      case "zeros":
        return 0;
      case "random": {
        const words = (length + 3) >> 2;
        for (let i = 0; i < words; i++) this.#words[i] = random.u32();
        this.bytes.set(new Uint8Array(this.#words.buffer, 0, length), at);
        return sumWords(this.bytes, at, at + length);
      }
      case "mark": {
        // What a shorter mark left behind is not the pattern.
        const marked = Math.min(length, MARK_BYTES) & ~3;
        this.bytes.set(PATTERN.subarray(marked, Math.min(length, MARK_BYTES)), at + marked);
        writeMark(this.#view, at, length, this.#stream.number, number, seconds, nanos, this.#run);
        return sumWords(this.bytes, at, at + marked) + patternSum(marked, length);
      }
    }
  }

  #writeV4(ipBytes: number): void {
    const at = this.linkBytes;
    this.#identification = (this.#identification + 1) & 0xffff;
    this.#view.setUint16(at + V4.length, ipBytes);
    this.#view.setUint16(at + V4.identification, this.#identification);
    const isWhole = ipBytes <= this.#mtuBytes;
    this.#view.setUint16(at + V4.flags, this.#stream.dontFragment && isWhole ? 0x4000 : 0);
    this.#view.setUint16(at + V4.checksum, 0);
    this.#view.setUint16(at + V4.checksum, internetChecksum(sumWords(this.bytes, at, at + V4.bytes)));
  }

  #writeUdp(payloadBytes: number, payloadSum: number): void {
    const at = this.linkBytes + (this.#isV6 ? V6.bytes : V4.bytes);
    this.#view.setUint16(at + 4, 8 + payloadBytes);
    this.#view.setUint16(at + 6, 0);
    if (!this.#isV6 && !this.#stream.hasChecksum) return;
    // RFC 768: a sum of 0 is sent as all ones, since 0 means that there is none.
    this.#view.setUint16(at + 6, internetChecksum(this.#transportSum(at, payloadBytes) + payloadSum) || 0xffff);
  }

  #writeTcp(payloadBytes: number, payloadSum: number): void {
    const at = this.linkBytes + (this.#isV6 ? V6.bytes : V4.bytes);
    this.#view.setUint32(at + 4, this.#sequence);
    this.#sequence = (this.#sequence + payloadBytes) >>> 0;
    this.#view.setUint16(at + 16, 0);
    this.#view.setUint16(at + 16, internetChecksum(this.#transportSum(at, payloadBytes) + payloadSum));
  }

  /** Sum over pseudo header and transport header. */
  #transportSum(at: number, payloadBytes: number): number {
    const from = this.linkBytes + (this.#isV6 ? V6.source : V4.source);
    return sumWords(this.bytes, from, at + this.transportBytes) + this.protocol + this.transportBytes + payloadBytes;
  }
}
