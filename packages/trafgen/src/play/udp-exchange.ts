import type { Socket } from "node:dgram";
import { openDatagramSocket } from "../send/datagram-socket.ts";
import { familyOf } from "../send/socket-options.ts";
import { ASKING_DEFAULTS, type AskingOptions, type Server } from "./exchange.ts";
import type { RunClock } from "./run-clock.ts";

/** What became of one request over UDP. Instants are nanoseconds after the start of the run. */
export interface UdpExchange {
  readonly client: string;
  readonly clientPort: number;
  readonly requestedNs: number;
  readonly lastRequestedNs: number;
  readonly repliedNs: number | null;
  readonly reply: Buffer | null;
  readonly isLate: boolean;
  /** Whether a copy of the request left: not without a route, or a connection. */
  readonly wasSent: boolean;
  /** Copies of the request beyond the first, and of the reply. */
  readonly repeats: number;
  readonly duplicateReplies: number;
  /** Datagrams from the server that are no reply to this request. */
  readonly strangers: number;
  /** The system's word, such as ECONNREFUSED. */
  readonly trouble: string | null;
}

/**
 * Sends a request from a socket of its own and waits for the reply that `isReply` knows. Repeats it when none comes.
 * @throws {CodedError} TRAFGEN_SOCKET_FAILED, TRAFGEN_TOS_UNSETTABLE
 */
export async function exchangeOverUdp(
  request: Buffer,
  server: Server,
  isReply: (bytes: Buffer) => boolean,
  clock: RunClock,
  options: AskingOptions = {},
): Promise<UdpExchange> {
  const socket = await openDatagramSocket(familyOf(server.address), options);
  try {
    return await new Asking(socket, request, server, isReply, clock, options).done;
  } finally {
    socket.close();
  }
}

/** One request under way. */
class Asking {
  readonly done: Promise<UdpExchange>;
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #clock: RunClock;
  readonly #timeoutMs: number;
  readonly #lingerMs: number;
  readonly #isReply: (bytes: Buffer) => boolean;
  readonly #resolve: (exchange: UdpExchange) => void;
  readonly #stopping: AbortSignal | undefined;
  #triesLeft: number;
  #copies = 0;
  #timer: NodeJS.Timeout | null = null;
  #client = "";
  #clientPort = 0;
  #requestedNs = 0;
  #lastRequestedNs = 0;
  #repliedNs: number | null = null;
  #reply: Buffer | null = null;
  #isOverdue = false;
  #isLate = false;
  #replies = 0;
  #strangers = 0;
  #trouble: string | null = null;

  constructor(
    socket: Socket,
    request: Buffer,
    server: Server,
    isReply: (bytes: Buffer) => boolean,
    clock: RunClock,
    { timeoutMs, tries, lingerMs, stopping }: AskingOptions,
  ) {
    this.#socket = socket;
    this.#request = request;
    this.#clock = clock;
    this.#isReply = isReply;
    this.#timeoutMs = timeoutMs ?? ASKING_DEFAULTS.timeoutMs;
    this.#triesLeft = tries ?? ASKING_DEFAULTS.tries;
    this.#lingerMs = lingerMs ?? ASKING_DEFAULTS.lingerMs;
    this.#stopping = stopping;
    const { promise, resolve } = settled<UdpExchange>();
    this.done = promise;
    this.#resolve = resolve;
    socket.on("error", this.#onError);
    socket.on("message", this.#onMessage);
    // A connected socket hears of ICMP errors, and of nobody but the server.
    socket.connect(server.port, server.address, (error?: NodeJS.ErrnoException) => {
      if (error === undefined || error === null) this.#begin();
      else this.#onError(error);
    });
  }

  #begin(): void {
    if (this.#stopping?.aborted) return this.#end();
    this.#stopping?.addEventListener("abort", this.#end, { once: true });
    const { address, port } = this.#socket.address();
    this.#client = address;
    this.#clientPort = port;
    this.#requestedNs = this.#clock.nowNs();
    this.#ask();
  }

  #ask(): void {
    this.#lastRequestedNs = this.#copies === 0 ? this.#requestedNs : this.#clock.nowNs();
    this.#copies++;
    this.#triesLeft--;
    this.#socket.send(this.#request, (error) => {
      if (error === null || error === undefined) return;
      this.#copies--;
      this.#onError(error);
    });
    this.#wait(this.#timeoutMs, () => {
      if (this.#triesLeft > 0) return this.#ask();
      this.#isOverdue = true;
      this.#wait(this.#lingerMs, this.#end);
    });
  }

  readonly #onMessage = (bytes: Buffer): void => {
    if (!this.#isReply(bytes)) {
      this.#strangers++;
      return;
    }
    if (++this.#replies > 1) return;
    this.#repliedNs = this.#clock.nowNs();
    this.#reply = bytes;
    this.#isLate = this.#isOverdue;
    this.#wait(this.#lingerMs, this.#end);
  };

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    this.#trouble = error.code ?? error.message;
    this.#end();
  };

  #wait(delayMs: number, then: () => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (delayMs <= 0) then();
    else this.#timer = setTimeout(then, delayMs);
  }

  readonly #end = (): void => {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#stopping?.removeEventListener("abort", this.#end);
    this.#resolve({
      client: this.#client,
      clientPort: this.#clientPort,
      requestedNs: this.#requestedNs,
      lastRequestedNs: this.#lastRequestedNs,
      repliedNs: this.#repliedNs,
      reply: this.#reply,
      isLate: this.#isLate,
      wasSent: this.#copies > 0,
      repeats: Math.max(0, this.#copies - 1),
      duplicateReplies: Math.max(0, this.#replies - 1),
      strangers: this.#strangers,
      trouble: this.#reply !== null ? null : this.#trouble,
    });
  };
}

/** Promise.withResolvers, which Node 20 lacks. */
function settled<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((set) => {
    resolve = set;
  });
  return { promise, resolve };
}

export type UdpOutcome = "replied" | "unanswered" | "late";

export function outcomeOf({ reply, isLate }: UdpExchange): UdpOutcome {
  if (reply === null) return "unanswered";
  return isLate ? "late" : "replied";
}
