/** Numbers that stand at the edges of what fields can hold. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Repeatable chance (mulberry32). */
export function randomOf(seed) {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

/** Changes inputs by chance: bits, numbers at their edges, pieces left out, doubled, moved, or taken from another input. */
export class Mutator {
  #random;
  #tokens;
  #mostBytes;

  /** `tokens`: words the target's language knows. */
  constructor(random, tokens, mostBytes) {
    this.#random = random;
    this.#tokens = tokens;
    this.#mostBytes = mostBytes;
  }

  /** A changed copy of `input`. `other`: an input to take pieces from. */
  mutate(input, other) {
    let bytes = Uint8Array.from(input);
    for (let times = 1 + this.#random(6); times > 0; times--) bytes = this.#once(bytes, other);
    return bytes.length > this.#mostBytes ? bytes.subarray(0, this.#mostBytes) : bytes;
  }

  #once(bytes, other) {
    const random = this.#random;
    if (bytes.length === 0) return Uint8Array.from(other);
    const at = random(bytes.length);
    const length = 1 + random(Math.min(64, bytes.length - at));
    switch (random(10)) {
      case 0:
        bytes[at] ^= 1 << random(8);
        return bytes;
      case 1:
        bytes[at] = random(256);
        return bytes;
      case 2:
        return this.#withNumber(bytes, at);
      case 3:
        return spliced(bytes, at, length, new Uint8Array(0));
      case 4:
        return spliced(bytes, at, 0, bytes.slice(at, at + length));
      case 5:
        return spliced(bytes, random(bytes.length), 0, bytes.slice(at, at + length));
      case 6:
        return bytes.slice(0, at + 1);
      case 7: {
        if (other.length === 0) return bytes;
        const from = random(other.length);
        return spliced(bytes, at, random(2) === 0 ? 0 : length, other.slice(from, from + 1 + random(128)));
      }
      case 8: {
        if (this.#tokens.length === 0) return bytes;
        return spliced(bytes, at, random(2) === 0 ? 0 : length, this.#tokens[random(this.#tokens.length)]);
      }
      default:
        bytes[at] = (bytes[at] + random(35) - 17) & 0xff;
        return bytes;
    }
  }

  #withNumber(bytes, at) {
    const random = this.#random;
    const width = [1, 2, 4][random(3)];
    if (at + width > bytes.length) return bytes;
    const edge = EDGES[random(EDGES.length)];
    for (let index = 0; index < width; index++) {
      const shift = 8 * (random(2) === 0 ? index : width - 1 - index);
      bytes[at + index] = (edge >>> shift) & 0xff;
    }
    return bytes;
  }
}

function spliced(bytes, at, remove, insert) {
  const made = new Uint8Array(bytes.length - remove + insert.length);
  made.set(bytes.subarray(0, at));
  made.set(insert, at);
  made.set(bytes.subarray(at + remove), at + insert.length);
  return made;
}
