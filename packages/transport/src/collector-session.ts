import {
  type DatagramHeader,
  kinds,
  MalformedError,
  NO_EPOCH,
  OLDEST_VERSION,
  openDatagram,
  PROTOCOL_VERSION,
  REPLAY_WINDOW_COUNTERS,
  readChallenge,
  readHeader,
  type SealKey,
  sealDatagram,
  sessionKeys,
  writeEchoClear,
  writeEchoSealed,
  writeHello,
} from "@trafmon/observation";

export interface CollectorSessionOptions {
  readonly run: string;
  readonly probe: string;
  readonly collector: string;
  /** Null: security="none". */
  readonly sharedKey: SealKey;
  /** A new session number, 16 hexadecimal digits. */
  readonly newSession: () => string;
}

interface Established {
  readonly version: number;
  readonly session: string;
  readonly epoch: string;
  readonly toCollector: SealKey;
  readonly toProbe: SealKey;
  /** Highest counter heard from the collector: what is not newer says nothing new. */
  heard: number;
}

/** More epochs than a collector can have in a handshake; the rest are forged. */
const MAX_CANDIDATES = 8;
const NOTHING = Buffer.alloc(0);

/** What came of a datagram from the collector. */
export type Heard =
  | { readonly kind: "refused"; readonly reason: string; readonly meaning?: string }
  /** Answer with this. */
  | { readonly kind: "challenged"; readonly echo: Buffer }
  /** The collector does not know our session (any more): begin a new handshake. */
  | { readonly kind: "unknown session" }
  | {
      readonly kind: "opened";
      readonly what: "ack" | "request";
      readonly body: Buffer;
      readonly isNewSession: boolean;
    };

/**
 * The probe's end of a session with a collector for one run (observation/src/pdu/handshake.ts). A challenge is not
 * authenticated, so it changes nothing but what is echoed; a session counts from the first sealed answer that opens.
 */
export class CollectorSession {
  readonly #options: CollectorSessionOptions;
  #current: Established | null = null;
  #helloSession = "";
  #candidates: Established[] = [];
  /** Goes on across sessions, so that no nonce is used twice under any key. */
  #counter = 0;

  constructor(options: CollectorSessionOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#current !== null;
  }

  /** Begins a handshake. What is open goes on meanwhile. */
  hello(): Buffer {
    const { run, probe, collector, sharedKey, newSession } = this.#options;
    this.#helloSession = newSession();
    this.#candidates = [];
    const header = this.#header(PROTOCOL_VERSION, kinds.hello, this.#helloSession, NO_EPOCH);
    const isSealed = sharedKey !== null;
    const versions = { newestVersion: PROTOCOL_VERSION, oldestVersion: OLDEST_VERSION };
    return sealDatagram(null, { ...header, run }, writeHello({ ...versions, isSealed, probe, collector }), NOTHING);
  }

  /** Seals a datagram of the open session. */
  seal(body: Uint8Array): Buffer {
    const { version, session, epoch, toCollector } = this.#current!;
    return sealDatagram(toCollector, this.#header(version, kinds.data, session, epoch), NOTHING, body);
  }

  /**
   * Whether a datagram of the open session may be sent again. One far behind what was sealed since would be refused as
   * repeated, though it never came.
   */
  isSendable(datagram: Buffer): boolean {
    return readHeader(datagram)!.counter > this.#counter - REPLAY_WINDOW_COUNTERS / 2;
  }

  /** `firstSequence`: the oldest we can still send, for a collector that knows nothing of the run. */
  hear(header: DatagramHeader, datagram: Buffer, firstSequence: number): Heard {
    try {
      if (header.kind === kinds.challenge) return this.#challenged(header, datagram, firstSequence);
      return this.#answered(header, datagram);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return { kind: "refused", reason: "malformed" };
    }
  }

  #challenged(header: DatagramHeader, datagram: Buffer, firstSequence: number): Heard {
    if (header.session === this.#current?.session) return { kind: "unknown session" };
    if (header.session !== this.#helloSession) return { kind: "refused", reason: "another session" };
    const challenge = readChallenge(openDatagram(null, datagram) ?? NOTHING);
    if (challenge.version < OLDEST_VERSION || challenge.version > PROTOCOL_VERSION) {
      return { kind: "refused", reason: "version", meaning: otherVersion(this.#options.collector, challenge.version) };
    }
    const { run, collector, probe, sharedKey } = this.#options;
    if (challenge.isSealed !== (sharedKey !== null))
      return { kind: "refused", reason: "security", meaning: otherSecurity(collector, sharedKey !== null) };
    const { session, epoch } = header;
    let candidate = this.#candidates.find((each) => each.epoch === epoch);
    if (candidate === undefined) {
      const keys = sharedKey === null ? null : sessionKeys(sharedKey, { run, session, epoch, collector });
      const { toCollector, toProbe } = keys ?? { toCollector: null, toProbe: null };
      candidate = { version: challenge.version, session, epoch, toCollector, toProbe, heard: -1 };
      this.#candidates = [...this.#candidates.slice(1 - MAX_CANDIDATES), candidate];
    }
    const clear = writeEchoClear(challenge.cookie, probe);
    const echoHeader = this.#header(candidate.version, kinds.echo, session, epoch);
    return {
      kind: "challenged",
      echo: sealDatagram(candidate.toCollector, echoHeader, clear, writeEchoSealed({ firstSequence })),
    };
  }

  #answered(header: DatagramHeader, datagram: Buffer): Heard {
    const isAck = header.kind === kinds.ack;
    if (!isAck && header.kind !== kinds.request) return { kind: "refused", reason: "kind" };
    const fits = (each: Established | null) => each?.session === header.session && each.epoch === header.epoch;
    const isNewSession = !fits(this.#current);
    const from = isNewSession ? this.#candidates.find(fits) : this.#current;
    if (from === undefined || from === null) return { kind: "refused", reason: "another session" };
    const body = openDatagram(from.toProbe, datagram);
    if (body === null) return { kind: "refused", reason: "authentication" };
    if (header.counter <= from.heard) return { kind: "refused", reason: "replayed" };
    from.heard = header.counter;
    if (isNewSession) {
      this.#current = from;
      this.#candidates = [];
    }
    return { kind: "opened", what: isAck ? "ack" : "request", body, isNewSession };
  }

  #header(version: number, kind: number, session: string, epoch: string): DatagramHeader {
    return { version, kind, run: this.#options.run, session, epoch, counter: ++this.#counter };
  }
}

/** Two lines, as for all that an operator has to act on. */
function otherVersion(collector: string, theirs: number): string {
  const whose = theirs > PROTOCOL_VERSION ? "this side is the older one: upgrade it" : "upgrade the collector first";
  const versions = `it speaks protocol version ${theirs}, this side ${OLDEST_VERSION} to ${PROTOCOL_VERSION}`;
  return `cannot talk to collector ${collector}: ${versions}\n  ${whose}; what is measured waits in the spool meanwhile`;
}

function otherSecurity(collector: string, isSealed: boolean): string {
  const [ours, theirs] = isSealed ? ["sealed", "none"] : ["none", "sealed"];
  const what = `it says security="${theirs}", this side "${ours}"`;
  return `cannot talk to collector ${collector}: ${what}\n  give both the same configuration; what is measured waits in the spool meanwhile`;
}
