import {
  addressText,
  type ObservationSink,
  observationTypes,
  type RecordOf,
  type RecordWriter,
} from "@trafmon/observation";

type IdentityRecord = RecordOf<typeof observationTypes.ident>;
export type IdentityKind = IdentityRecord["kind"];
export type IdentitySource = IdentityRecord["source"];

/** What an address is said to be. */
export interface Identity {
  /** Shape: [4] or [16]. Not kept. */
  readonly address: Uint8Array;
  readonly kind: IdentityKind;
  readonly value: string;
  readonly source: IdentitySource;
}

/** Longer values are none: no name of a host is (RFC 1035 section 2.3.4). */
const LONGEST_CHARACTERS = 255;
/** A time to live beyond a week is taken for a week (RFC 8767 section 4). */
const LONGEST_LIFE_S = 7 * 86_400;

/** Something that holds, as far as it is known. */
interface Entry {
  readonly identity: Identity;
  readonly fromS: number;
  readonly fromNanos: number;
  /** Until when it holds. */
  untilS: number;
  untilNanos: number;
  /** Until when it was told to hold. */
  toldS: number;
  toldNanos: number;
  /** When that was told. */
  tellingS: number;
}

/**
 * `ident`: what addresses are said to be. Each is told at once when it is new, and again, as one longer range, when what was
 * told has run out. It is keyed by text: few packets come here, and each made its texts already.
 *
 * A lease can end before its time, when another client gets the address. So of a lease no more is told than up to the next
 * refresh, and what was told can be wrong by that much at most; of anything else all is told at once.
 */
export class IdentityTable {
  readonly #writer: RecordWriter<typeof observationTypes.ident>;
  readonly #limit: number;
  readonly #refreshS: number;
  /** The least lately heard of first. */
  readonly #entries = new Map<string, Entry>();
  /** Forgotten before their time, to make room. */
  evicted = 0;

  constructor(sink: ObservationSink, limit: number, refreshS: number) {
    this.#writer = sink.writerOf(observationTypes.ident);
    this.#limit = limit;
    this.#refreshS = refreshS;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** An identity is told of, for so long from now. */
  observe(identity: Identity, s: number, nanos: number, lifeS: number): void {
    if (identity.value === "" || identity.value.length > LONGEST_CHARACTERS) return;
    const key = keyOf(identity);
    const untilS = Math.min(s + Math.min(lifeS, LONGEST_LIFE_S), 2 ** 32 - 1);
    let entry = this.#entries.get(key);
    if (entry !== undefined) {
      this.#entries.delete(key);
      if (isLater(s, nanos, entry.untilS, entry.untilNanos)) {
        this.#tell(entry, entry.untilS, entry.untilNanos, s);
        entry = undefined;
      }
    }
    if (entry === undefined) {
      this.#makeRoom(s);
      entry = {
        identity: { ...identity, address: identity.address.slice() },
        fromS: s,
        fromNanos: nanos,
        untilS,
        untilNanos: nanos,
        toldS: -1,
        toldNanos: 0,
        tellingS: s,
      };
      this.#tellAhead(entry, s, nanos);
    } else {
      // Packets may come out of order: this one's range begins earlier than was told.
      if (isLater(entry.fromS, entry.fromNanos, s, nanos)) this.#write(entry.identity, s, nanos, untilS, nanos);
      if (isLater(untilS, nanos, entry.untilS, entry.untilNanos)) {
        entry.untilS = untilS;
        entry.untilNanos = nanos;
      }
    }
    this.#entries.set(key, entry);
  }

  /** It holds no longer than until now. */
  end(identity: Identity, s: number, nanos: number): void {
    const key = keyOf(identity);
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    if (isLater(s, nanos, entry.untilS, entry.untilNanos)) this.#tell(entry, entry.untilS, entry.untilNanos, s);
    else this.#tell(entry, s, nanos, s);
  }

  /** Tells what holds longer than was told, and forgets what is over. */
  sweep(clockS: number): void {
    for (const [key, entry] of this.#entries) {
      const isOver = clockS > entry.untilS;
      if (isOver) this.#tell(entry, entry.untilS, entry.untilNanos, clockS);
      else if (clockS >= entry.toldS && clockS >= entry.tellingS + this.#refreshS) this.#tellAhead(entry, clockS, 0);
      if (isOver) this.#entries.delete(key);
    }
  }

  /** Tells everything that was not told yet, as far as it has come: the run ends. */
  finish(clockS: number): void {
    for (const entry of this.#entries.values()) {
      const isOpenLease = isLease(entry.identity) && clockS < entry.untilS;
      if (isOpenLease) this.#tell(entry, clockS, 0, clockS);
      else this.#tell(entry, entry.untilS, entry.untilNanos, clockS);
    }
    this.#entries.clear();
  }

  #makeRoom(s: number): void {
    if (this.#entries.size < this.#limit) return;
    const [oldest] = this.#entries;
    const [key, entry] = oldest!;
    this.#entries.delete(key);
    const isOpenLease = isLease(entry.identity) && s < entry.untilS;
    if (isOpenLease) this.#tell(entry, s, 0, s);
    else this.#tell(entry, entry.untilS, entry.untilNanos, s);
    this.evicted++;
  }

  #tellAhead(entry: Entry, s: number, nanos: number): void {
    const limitS = s + this.#refreshS;
    if (isLease(entry.identity) && limitS < entry.untilS) this.#tell(entry, limitS, nanos, s);
    else this.#tell(entry, entry.untilS, entry.untilNanos, s);
  }

  /** Tells that it holds until then, unless that was told. */
  #tell(entry: Entry, untilS: number, untilNanos: number, s: number): void {
    if (entry.toldS >= 0 && !isLater(untilS, untilNanos, entry.toldS, entry.toldNanos)) return;
    if (isLater(entry.fromS, entry.fromNanos, untilS, untilNanos)) return;
    entry.toldS = untilS;
    entry.toldNanos = untilNanos;
    entry.tellingS = s;
    this.#write(entry.identity, entry.fromS, entry.fromNanos, untilS, untilNanos);
  }

  #write(identity: Identity, fromS: number, fromNanos: number, untilS: number, untilNanos: number): void {
    const { address, kind, value, source } = identity;
    this.#writer.write({
      address,
      kind,
      value,
      source,
      valid_from_s: fromS,
      valid_from_nanos: fromNanos,
      valid_to_s: untilS,
      valid_to_nanos: untilNanos,
    });
  }
}

function isLease({ source }: Identity): boolean {
  return source === "dhcp";
}

function isLater(s: number, nanos: number, thanS: number, thanNanos: number): boolean {
  return s > thanS || (s === thanS && nanos > thanNanos);
}

function keyOf({ address, kind, value, source }: Identity): string {
  return `${source} ${kind} ${addressText(address)} ${value}`;
}
