import { randomBytes } from "node:crypto";
import {
  CookieJar,
  type DatagramHeader,
  type DataPdu,
  HEADER_BYTES,
  type Hello,
  kinds,
  MalformedError,
  NO_EPOCH,
  OLDEST_VERSION,
  OVERHEAD_BYTES,
  openDatagram,
  PROTOCOL_VERSION,
  readDataPdu,
  readEchoClear,
  readEchoSealed,
  readHeader,
  readHello,
  sealDatagram,
  sessionKeys,
  writeChallenge,
} from "@trafmon/observation";
import { type Clock, CodedError, type Counters, type ReasonCounter, type RepeatedTrouble } from "@trafmon/runtime";
import { type Configuration, readKeyFile } from "@trafmon/settings";
import { type Sender, sendersTo } from "./senders.ts";
import { type Intake, type Peer, type SendDatagram, Session } from "./session.ts";

export interface GatekeeperParts<I extends Intake> {
  readonly collector: string;
  /** This life of the collector, 16 hexadecimal digits. */
  readonly epoch: string;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly send: SendDatagram;
  /** Whether another probe has brought a run of this id, in whatever life of ours. */
  isOfAnother(probe: string, run: string): boolean;
  /** The intake of a probe run, and where, as far as its sender knows, a run begins that nothing is known of. */
  intakeOf(sender: Sender, run: string, firstSequence: number): I;
  /**
   * Every PDU of a session that is known to come from its probe and to be new. False when there is no place for it now:
   * then it may come again.
   */
  onPdu(session: Session<I>, pdu: DataPdu): boolean;
  onSession(session: Session<I>): void;
  /** Told why somebody of the configuration cannot be let in, by the sender's name. */
  readonly trouble: Pick<RepeatedTrouble, "warn">;
}

/**
 * Shorter datagrams are not answered: a challenge has 86 bytes, and nobody shall make us send much more to a third
 * party than they sent to us. The shortest heartbeat is longer than this.
 */
const SHORTEST_ANSWERED_BYTES = 64;

/**
 * Decides which datagrams count. Until a peer has shown that it receives what is sent to its address and holds the
 * probe's key, nothing is remembered of it. What fails is counted with a reason and changes nothing.
 */
export class Gatekeeper<I extends Intake> {
  readonly #parts: GatekeeperParts<I>;
  readonly #cookies = new CookieJar(randomBytes(32));
  /** By run. One session a run and sender: a newer one replaces it. */
  readonly #sessions = new Map<string, Session<I>[]>();
  readonly #refused: ReasonCounter;
  #senders: ReadonlyMap<string, Sender>;
  #isSealed: boolean;

  constructor(configuration: Configuration, parts: GatekeeperParts<I>) {
    this.#parts = parts;
    this.#refused = parts.counters.byReason("datagrams_refused");
    this.#senders = new Map();
    this.#isSealed = true;
    this.useConfiguration(configuration);
  }

  /** Sessions that the new configuration would not have allowed end: who may go on begins another. */
  useConfiguration(configuration: Configuration): void {
    const [before, wasSealed] = [this.#senders, this.#isSealed];
    this.#senders = sendersTo(configuration, this.#parts.collector);
    const own = configuration.collectors.find((each) => each.name === this.#parts.collector);
    this.#isSealed = own?.security !== "none";
    for (const session of this.sessions) {
      const keyFile = this.#senders.get(session.sender)?.keyFile;
      const isAllowed = this.#isSealed === wasSealed && this.#senders.has(session.sender);
      if (!isAllowed || keyFile !== before.get(session.sender)?.keyFile) this.forget(session);
    }
  }

  get sessions(): readonly Session<I>[] {
    return [...this.#sessions.values()].flat();
  }

  /** Sessions of a run: of its probe, and of collectors that forward it. */
  sessionsOf(run: string): readonly Session<I>[] {
    return this.#sessions.get(run) ?? [];
  }

  /** Lets go of a session; a probe that is there after all begins a new one. */
  forget(session: Session): void {
    const left = this.sessionsOf(session.run).filter((each) => each !== session);
    if (left.length > 0) this.#sessions.set(session.run, left);
    else this.#sessions.delete(session.run);
  }

  /** Takes a datagram from the network. Never throws for what is in it. */
  take(datagram: Buffer, peer: Peer): void {
    this.#parts.counters.counter("datagrams_received").add();
    const header = readHeader(datagram);
    if (header === null) return this.#refused.add("not a datagram of ours");
    try {
      if (header.kind === kinds.hello) this.#takeHello(datagram, header, peer);
      else if (header.version < OLDEST_VERSION || header.version > PROTOCOL_VERSION)
        this.#refused.add("unknown version");
      else if (header.kind === kinds.echo) this.#takeEcho(datagram, header, peer);
      else if (header.kind === kinds.data) this.#takeData(datagram, header, peer);
      else this.#refused.add("unknown kind");
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#refused.add("malformed");
    }
  }

  #takeHello(datagram: Buffer, header: DatagramHeader, peer: Peer): void {
    const hello = readHello(bodyOf(datagram));
    if (hello.collector !== this.#parts.collector) return this.#refused.add("for another collector");
    if (!this.#senders.has(hello.probe)) return this.#refused.add("unknown probe");
    if (hello.isSealed !== this.#isSealed) this.#tellOtherSecurity(hello);
    const version = Math.max(OLDEST_VERSION, Math.min(hello.newestVersion, PROTOCOL_VERSION));
    if (version > hello.newestVersion || version < hello.oldestVersion) this.#tellOtherVersion(hello);
    // Who cannot talk to us is told how it could: what it echoes is judged as ever.
    this.#challenge(header, version, peer, datagram.length);
  }

  #tellOtherSecurity({ probe: sender }: Hello): void {
    this.#refused.add("other security");
    const [theirs, ours] = this.#isSealed ? ["none", "sealed"] : ["sealed", "none"];
    this.#parts.trouble.warn(
      `security ${sender}`,
      { sender },
      `cannot talk to ${sender}: it says security="${theirs}", this collector "${ours}"\n  ` +
        "give both the same configuration; what it measures waits in its spool meanwhile",
    );
  }

  #tellOtherVersion({ probe: sender, newestVersion, oldestVersion }: Hello): void {
    this.#refused.add("unknown version");
    const isNewer = oldestVersion > PROTOCOL_VERSION;
    const whose = isNewer ? "this collector is the older one: upgrade it first" : "it is the older one: upgrade it";
    this.#parts.trouble.warn(
      `version ${sender}`,
      { sender },
      `cannot talk to ${sender}: it speaks protocol versions ${oldestVersion} to ${newestVersion}, this collector ` +
        `${OLDEST_VERSION} to ${PROTOCOL_VERSION}\n  ${whose}; what it measures waits in its spool meanwhile`,
    );
  }

  #challenge(header: DatagramHeader, version: number, peer: Peer, askedBytes: number): void {
    if (askedBytes < SHORTEST_ANSWERED_BYTES) return this.#refused.add("too short to be answered");
    const { clock, epoch, send } = this.#parts;
    const { run, session } = header;
    const cookie = this.#cookies.bake({ ...peer, run, session }, clock.monotonicMs());
    const body = writeChallenge({ version, isSealed: this.#isSealed, cookie });
    const answer = { version, kind: kinds.challenge, run, session, epoch, counter: 0 };
    send(sealDatagram(null, answer, body, Buffer.alloc(0)), peer);
  }

  #takeEcho(datagram: Buffer, header: DatagramHeader, peer: Peer): void {
    const { clock, collector, epoch } = this.#parts;
    if (header.epoch !== epoch) return this.#refused.add("echo to an earlier life");
    const { cookie, probe: name, clearBytes } = readEchoClear(bodyOf(datagram));
    const { run, session: id } = header;
    const nowMs = clock.monotonicMs();
    const challengedMs = this.#cookies.issuedMs(cookie, { ...peer, run, session: id }, nowMs);
    if (challengedMs === null) return this.#refused.add("bad cookie");
    const sender = this.#senders.get(name);
    if (sender === undefined) return this.#refused.add("unknown probe");
    const { probe, relay } = sender;
    const sharedKey = this.#isSealed ? this.#sharedKeyOf(sender) : null;
    if (this.#isSealed && sharedKey === null) return this.#refused.add("no usable key");
    const keys = sharedKey === null ? null : sessionKeys(sharedKey, { run, session: id, epoch, collector });
    const sealed = openDatagram(keys?.toCollector ?? null, datagram, clearBytes);
    if (sealed === null) return this.#refused.add("not authentic");
    const { firstSequence } = readEchoSealed(sealed);

    const others = this.sessionsOf(run);
    const known = others.find((each) => each.sender === name);
    if (known?.id === id) {
      // The answer was lost, or somebody repeats the echo: it is answered, and changes nothing.
      known.isUnanswered = true;
      return;
    }
    const isOfAnother = others.some((each) => each.probe !== probe) || this.#parts.isOfAnother(probe, run);
    if (isOfAnother) return this.#refused.add("the run of another probe");
    if (known !== undefined && known.challengedMs > challengedMs) return this.#refused.add("an older session");
    const intake = this.#parts.intakeOf(sender, run, firstSequence);
    const session = new Session(
      { run, id, epoch, version: header.version, probe, relay, sender: name, challengedMs, nowMs },
      keys,
      intake,
      peer,
    );
    session.hearFrom(peer, header.counter, nowMs);
    session.takeCounter(header.counter, nowMs);
    this.#sessions.set(run, [...others.filter((each) => each !== known), session]);
    this.#parts.onSession(session);
  }

  #sharedKeyOf({ keyFile, relay, probe }: Sender): Buffer | null {
    try {
      return readKeyFile(keyFile);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      const sender = relay ?? probe;
      this.#parts.trouble.warn(`key ${sender}`, { sender, code: error.code }, error.message);
      return null;
    }
  }

  #takeData(datagram: Buffer, header: DatagramHeader, peer: Peer): void {
    const session = this.#sessions.get(header.run)?.find((each) => each.id === header.session);
    if (session === undefined || header.epoch === NO_EPOCH) {
      this.#refused.add("no such session");
      return this.#challenge(header, header.version, peer, datagram.length);
    }
    const sealed = openDatagram(session.keyIn, datagram);
    if (sealed === null) return this.#refused.add("not authentic");
    if (header.version !== session.version) return this.#refused.add("another version than agreed");
    session.isUnanswered = true;
    // A probe sends again the very bytes whose answer was lost; so may anybody, from anywhere, and learns nothing.
    if (!session.isNew(header.counter)) return this.#refused.add("repeated");
    const nowMs = this.#parts.clock.monotonicMs();
    session.hearFrom(peer, header.counter, nowMs);
    // What finds no place comes again as the same bytes, and must then be as new as it was.
    if (this.#parts.onPdu(session, readDataPdu(sealed))) session.takeCounter(header.counter, nowMs);
  }
}

function bodyOf(datagram: Buffer): Buffer {
  return datagram.subarray(HEADER_BYTES, datagram.length - (OVERHEAD_BYTES - HEADER_BYTES));
}
