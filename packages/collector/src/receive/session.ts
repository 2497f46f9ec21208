import {
  type DefinitionRequest,
  kinds,
  ReplayWindow,
  type SealKey,
  type SessionKeys,
  sealDatagram,
  writeAcknowledgement,
  writeDefinitionRequest,
} from "@trafmon/observation";

/** What has come of a probe run, as far as answers say it. */
export interface Intake {
  /** Every PDU up to this sequence number is safe. */
  readonly stream: { readonly safeThrough: number };
  /** Sequences that are here but not safe yet, rising, as far as this sender need not send them again. */
  held(sender: string): number[];
}

/** Where datagrams come from and go to. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** Sends a datagram; losing it is the network's right. */
export type SendDatagram = (datagram: Buffer, to: Peer) => void;

/** One session of a probe run: its keys, its peer, and what is to be said back. */
export class Session<I extends Intake = Intake> {
  readonly run: string;
  readonly id: string;
  readonly epoch: string;
  /** Of the protocol, as agreed. */
  readonly version: number;
  readonly probe: string;
  /** Name of the collector that forwards the run; null: the probe sends it. */
  readonly relay: string | null;
  /** What the hello said: probe, or relay and probe. */
  readonly sender: string;
  readonly intake: I;
  /** Monotonic time of the challenge it rests on: a later one replaces it. */
  readonly challengedMs: number;
  readonly #keys: SessionKeys | null;
  readonly #window = new ReplayWindow();
  /** Greatest counter heard. */
  #newest = -1;
  #counter = 0;
  #hasAskedForSlices = false;
  peer: Peer;
  heardMs: number;
  /** Something came that is not answered yet. */
  isUnanswered = true;
  #answeredNext = 0;

  constructor(
    identity: Pick<Session, "run" | "id" | "epoch" | "version" | "probe" | "relay" | "sender" | "challengedMs"> & {
      nowMs: number;
    },
    keys: SessionKeys | null,
    intake: I,
    peer: Peer,
  ) {
    this.run = identity.run;
    this.id = identity.id;
    this.epoch = identity.epoch;
    this.version = identity.version;
    this.probe = identity.probe;
    this.relay = identity.relay;
    this.sender = identity.sender;
    this.challengedMs = identity.challengedMs;
    this.heardMs = identity.nowMs;
    this.#keys = keys;
    this.intake = intake;
    this.peer = peer;
  }

  /** Key of what the probe sends; null where nothing is sealed. */
  get keyIn(): SealKey {
    return this.#keys?.toCollector ?? null;
  }

  /** False when a datagram with this counter was taken before. */
  isNew(counter: number): boolean {
    return this.#window.isNew(counter);
  }

  /** Notes that a new datagram was taken: it counts once. */
  takeCounter(counter: number, nowMs: number): void {
    this.#window.take(counter);
    this.heardMs = nowMs;
  }

  /** An authentic datagram came from there. One that is not the newest may be sent again by anybody, from anywhere. */
  hearFrom(peer: Peer, counter: number, nowMs: number): void {
    if (counter <= this.#newest) return;
    this.#newest = counter;
    this.peer = peer;
    this.heardMs = nowMs;
  }

  /**
   * Whether there is something to say. What came during a commit was answered before it was safe, so progress alone is
   * reason enough.
   */
  get owesAnswer(): boolean {
    return this.isUnanswered || this.intake.stream.safeThrough >= this.#answeredNext;
  }

  /** Says what is on stable storage, and asks for what is missing. */
  answer(send: SendDatagram): void {
    this.isUnanswered = false;
    const next = this.intake.stream.safeThrough + 1;
    this.#answeredNext = next;
    send(this.#seal(kinds.ack, writeAcknowledgement({ next, held: this.intake.held(this.sender) })), this.peer);
  }

  /** Asks for the definitions of flows. */
  request(flowIds: readonly number[], send: SendDatagram): void {
    const flows = rangesOf(flowIds);
    const slicesAndHops = !this.#hasAskedForSlices;
    this.#hasAskedForSlices = true;
    send(this.#seal(kinds.request, writeDefinitionRequest({ slicesAndHops, flows })), this.peer);
  }

  /** Passes on what a collector that we forward to asks for. */
  pass(request: DefinitionRequest, send: SendDatagram): void {
    send(this.#seal(kinds.request, writeDefinitionRequest(request)), this.peer);
  }

  #seal(kind: number, body: Buffer): Buffer {
    const header = {
      version: this.version,
      kind,
      run: this.run,
      session: this.id,
      epoch: this.epoch,
      counter: this.#counter++,
    };
    return sealDatagram(this.#keys?.toProbe ?? null, header, Buffer.alloc(0), body);
  }
}

/** Half-open ranges that cover the ids. */
export function rangesOf(ids: readonly number[]): { from: number; until: number }[] {
  const ranges: { from: number; until: number }[] = [];
  for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.until === id) last.until++;
    else ranges.push({ from: id, until: id + 1 });
  }
  return ranges;
}
