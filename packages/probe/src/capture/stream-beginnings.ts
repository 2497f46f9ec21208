import {
  DESTINATION,
  FLAG_INNER,
  FLAG_IPV6,
  FLAGS,
  PORTS,
  SOURCE,
  TCP_FLAGS_WINDOW,
  TCP_SEQUENCE,
  TUNNEL,
} from "@trafmon/packet";

/** Directions of connections remembered; a power of 2. A later one takes an earlier one's place. */
const DIRECTIONS = 16_384;
/** Words of a direction: addresses (8), ports, tunnel, words of an address (0: free), sequence number that it begins with. */
const KEY_PORTS = 8;
const KEY_TUNNEL = 9;
const ADDRESS_WORDS = 10;
const BEGINNING = 11;
const STRIDE = 12;

const SYN = 0x02;

/**
 * Where the directions of TCP connections began, to tell the segments near their beginning from those far behind it. One
 * that is not remembered, or whose SYN was not seen, begins with its next segment: so a beginning may be found later than
 * it was, and never earlier but where a connection takes the ports of another without a SYN that was seen.
 */
export class StreamBeginnings {
  readonly #directions = new Int32Array(DIRECTIONS * STRIDE);

  /** Whether the TCP segment at `at` begins less than so many bytes behind its direction's first one. */
  isWithin(words: Int32Array, at: number, bytes: number): boolean {
    const directions = this.#directions;
    const tunnel = words[at + FLAGS]! & FLAG_INNER ? words[at + TUNNEL]! : 0;
    const addressWords = words[at + FLAGS]! & FLAG_IPV6 ? 4 : 1;
    let hash = Math.imul(words[at + PORTS]! ^ tunnel, 0x9e3779b1);
    for (let word = 0; word < addressWords; word++) {
      hash = Math.imul(hash ^ (hash >>> 15) ^ words[at + SOURCE + word]!, 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 13) ^ words[at + DESTINATION + word]!, 0xc2b2ae35);
    }
    const base = ((hash ^ (hash >>> 16)) & (DIRECTIONS - 1)) * STRIDE;
    let isKnown =
      directions[base + ADDRESS_WORDS] === addressWords &&
      directions[base + KEY_PORTS] === words[at + PORTS] &&
      directions[base + KEY_TUNNEL] === tunnel;
    for (let word = 0; isKnown && word < addressWords; word++) {
      isKnown =
        directions[base + word] === words[at + SOURCE + word] &&
        directions[base + 4 + word] === words[at + DESTINATION + word];
    }
    const sequence = words[at + TCP_SEQUENCE]!;
    if (isKnown && (words[at + TCP_FLAGS_WINDOW]! & SYN) === 0) {
      return ((sequence - directions[base + BEGINNING]!) | 0) < bytes;
    }
    for (let word = 0; word < addressWords; word++) {
      directions[base + word] = words[at + SOURCE + word]!;
      directions[base + 4 + word] = words[at + DESTINATION + word]!;
    }
    directions[base + KEY_PORTS] = words[at + PORTS]!;
    directions[base + KEY_TUNNEL] = tunnel;
    directions[base + ADDRESS_WORDS] = addressWords;
    directions[base + BEGINNING] = sequence;
    return true;
  }
}
