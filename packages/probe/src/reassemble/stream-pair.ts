import type { StreamAnalyser } from "./stream-protocol.ts";
import type { StreamEnd } from "./stream-reader.ts";
import { type StreamMemory, TcpStream } from "./tcp-stream.ts";

/** One direction of a connection, as far as it is known before it is read. */
interface Side {
  /** Number of its first byte, from its SYN or from the other side's first ACK; null: not seen. */
  first: number | null;
  /** Number of the first payload byte seen; null: none. */
  payload: number | null;
  stream: TcpStream | null;
}

/** A protocol's readers of a connection, and which endpoint it takes for the server. */
export interface ReadAs {
  readonly analyser: StreamAnalyser;
  readonly serverIsB: boolean;
}

const NOBODY: readonly StreamAnalyser[] = [];

/** A TCP connection: its two streams, once its first payload has come. */
export class StreamPair {
  readonly #sides: readonly [Side, Side] = [
    { first: null, payload: null, stream: null },
    { first: null, payload: null, stream: null },
  ];
  /** Endpoint that sent the SYN; null: none was seen. */
  openerIsB: boolean | null = null;
  #analysers: readonly StreamAnalyser[] = NOBODY;
  #wasOver = false;
  /** Slots of the flow instances that must not end before it. */
  instances: readonly number[] = [];

  side(isB: boolean): Side {
    return this.#sides[isB ? 1 : 0];
  }

  get isOpened(): boolean {
    return this.#wasOver || this.#sides[0].stream !== null;
  }

  /** Nothing is to be read any more. */
  get isOver(): boolean {
    if (this.#wasOver) return true;
    const a = this.#sides[0];
    const b = this.#sides[1];
    if (a.stream === null || b.stream === null) return false;
    return (a.stream.isEnded && b.stream.isEnded) || this.#areDone;
  }

  get #areDone(): boolean {
    for (let index = 0; index < this.#analysers.length; index++) if (!this.#analysers[index]!.isDone) return false;
    return true;
  }

  /** One side sends no more. */
  get isClosing(): boolean {
    const a = this.#sides[0];
    const b = this.#sides[1];
    return a.stream?.isEnded === true || b.stream?.isEnded === true;
  }

  get isBusy(): boolean {
    return this.#analysers.some((analyser) => analyser.isBusy?.());
  }

  /** Whether a SYN belongs to another connection than the one known. */
  isOther(isB: boolean, first: number): boolean {
    const { first: known, payload } = this.side(isB);
    if (known !== null) return known !== first;
    return payload !== null && payload !== first;
  }

  /** Notes what a SYN says. */
  begin(isB: boolean, first: number): void {
    const side = this.side(isB);
    side.first = first;
    side.stream?.begin(first);
  }

  /** Hands both streams to their readers. */
  open(read: readonly ReadAs[], instances: readonly number[], memory: StreamMemory): void {
    this.#analysers = read.map(({ analyser }) => analyser);
    this.instances = instances;
    for (const isB of [false, true]) {
      const side = this.side(isB);
      const readers = read.map(({ analyser, serverIsB }) => (isB === serverIsB ? analyser.server : analyser.client));
      side.stream = new TcpStream(readers, memory);
      if (side.first !== null) side.stream.begin(side.first);
    }
  }

  /** Nothing is read any more: lets go of what read, but for those whose silence means something. */
  letGo(): void {
    this.#wasOver = true;
    this.#sides[0].stream = this.#sides[1].stream = null;
    const isNeeded = ({ isBusy }: StreamAnalyser) => isBusy !== undefined;
    this.#analysers = this.#analysers.some(isNeeded) ? this.#analysers.filter(isNeeded) : NOBODY;
  }

  end(how: StreamEnd, seconds: number, nanos: number): void {
    for (const { stream } of this.#sides) stream?.end(how, seconds, nanos);
  }
}
