import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { TransactionRow } from "../ledger/ledger-row.ts";
import { type IcmpHandle, loadNativeBinding, type NativeBinding } from "../send/native-binding.ts";
import { sendError } from "../send/send-errors.ts";
import { type AddressFamily, familyOf } from "../send/socket-options.ts";
import { ASKING_DEFAULTS, type AskingOptions, type Exchange, type Recording } from "./exchange.ts";
import { echoRequest, readEchoMessage } from "./icmp-message.ts";

export interface EchoOptions extends AskingOptions {
  /** Behind the 8 bytes of the ICMP header; 56 as `ping` has it. */
  readonly payloadBytes?: number;
  /** TTL or hop limit; 0: the system's. */
  readonly hopLimit?: number;
}

const PAYLOAD_BYTES = 56;

interface EchoSocket {
  readonly handle: IcmpHandle;
  readonly identifier: number;
}

/** Awaits one request's reply. */
interface Waiting {
  take(error: string | null, atNs: number): void;
}

/**
 * Sends echo requests and knows their replies, through one ICMP socket a family, which the addon opens: a raw one for
 * root, else the kernel's ping socket where `net.ipv4.ping_group_range` allows it. Replies have the kernel's instant.
 */
export class IcmpEcho {
  readonly #binding: NativeBinding;
  readonly #recording: Recording;
  readonly #options: Pick<EchoOptions, "tos" | "hopLimit" | "localAddress">;
  /** By family, local address, ToS and hop limit. */
  readonly #sockets = new Map<string, EchoSocket>();
  readonly #clients = new Map<string, string>();
  /** By `family/identifier/sequence`. */
  readonly #waiting = new Map<string, Waiting>();
  #sequence = 0;

  /** @throws {CodedError} TRAFGEN_ADDON_UNAVAILABLE */
  constructor(recording: Recording, options: Pick<EchoOptions, "tos" | "hopLimit" | "localAddress"> = {}) {
    this.#binding = loadNativeBinding();
    this.#recording = recording;
    this.#options = options;
  }

  /**
   * One request, repeated when no reply comes in time: each copy is a packet of the same identifier and sequence.
   * @throws {CodedError} TRAFGEN_INJECTION_FORBIDDEN, TRAFGEN_SOCKET_FAILED
   */
  async ping(server: string, options: EchoOptions = {}): Promise<Exchange> {
    const family = familyOf(server);
    const given = { ...this.#options, ...options };
    const { handle, identifier } = this.#socket(family, given);
    const sequence = this.#nextSequence(`${family}/${identifier}`);
    const payload = Buffer.alloc(options.payloadBytes ?? PAYLOAD_BYTES, "trafgen ");
    const request = echoRequest(family, identifier, sequence, payload);
    const client = await this.#client(server, given.localAddress);
    const asked = await this.#ask(handle, request, server, `${family}/${identifier}/${sequence}`, options);
    const row: TransactionRow = {
      protocol: "icmp",
      client,
      clientPort: null,
      server,
      serverPort: null,
      identifier: `${identifier}/${sequence}`,
      requestedNs: asked.requestedNs,
      lastRequestedNs: asked.lastRequestedNs,
      repliedNs: asked.repliedNs,
      outcome: asked.repliedNs === null ? "unanswered" : asked.isLate ? "late" : "replied",
      repeats: Math.max(0, asked.copies - 1),
      duplicateReplies: Math.max(0, asked.replies - 1),
      operation: null,
      status: null,
      requestBytes: payload.length,
      replyBytes: asked.repliedNs === null ? null : payload.length,
    };
    if (asked.copies > 0) this.#recording.ledger?.transaction(row);
    return { row, trouble: asked.repliedNs === null ? (asked.trouble ?? "no reply") : null };
  }

  close(): void {
    for (const { handle } of this.#sockets.values()) this.#binding.closeIcmp(handle);
    this.#sockets.clear();
  }

  #ask(handle: IcmpHandle, request: Buffer, server: string, key: string, options: EchoOptions) {
    const { timeoutMs = ASKING_DEFAULTS.timeoutMs, lingerMs = ASKING_DEFAULTS.lingerMs, stopping } = options;
    const { clock } = this.#recording;
    const asked = {
      copies: 0,
      replies: 0,
      requestedNs: clock.nowNs(),
      lastRequestedNs: 0,
      repliedNs: null as number | null,
      isLate: false,
      trouble: null as string | null,
    };
    return new Promise<typeof asked>((resolve) => {
      let triesLeft = options.tries ?? ASKING_DEFAULTS.tries;
      let isOverdue = false;
      let timer: NodeJS.Timeout | undefined;
      const end = () => {
        clearTimeout(timer);
        stopping?.removeEventListener("abort", end);
        this.#waiting.delete(key);
        resolve(asked);
      };
      const wait = (delayMs: number, then: () => void) => {
        clearTimeout(timer);
        if (delayMs <= 0) then();
        else timer = setTimeout(then, delayMs);
      };
      const ask = () => {
        triesLeft--;
        try {
          const { seconds, nanos } = this.#binding.sendIcmp(handle, request, server);
          asked.lastRequestedNs = clock.at({ s: seconds, nanos });
        } catch (error) {
          asked.trouble = (error as Error).message;
          asked.lastRequestedNs = clock.nowNs();
          return end();
        }
        if (asked.copies++ === 0) asked.requestedNs = asked.lastRequestedNs;
        wait(timeoutMs, () => {
          if (triesLeft > 0) return ask();
          isOverdue = true;
          wait(lingerMs, end);
        });
      };
      this.#waiting.set(key, {
        take(error, atNs) {
          if (error !== null) {
            asked.trouble = error;
            return;
          }
          if (++asked.replies > 1) return;
          asked.repliedNs = atNs;
          asked.isLate = isOverdue;
          wait(lingerMs, end);
        },
      });
      if (stopping?.aborted) return end();
      stopping?.addEventListener("abort", end, { once: true });
      ask();
    });
  }

  #socket(family: AddressFamily, { tos = 0, hopLimit = 0, localAddress = "" }: EchoOptions): EchoSocket {
    const own = localAddress !== "" && familyOf(localAddress) === family ? localAddress : "";
    const key = `${family} ${own} ${tos} ${hopLimit}`;
    const known = this.#sockets.get(key);
    if (known !== undefined) return known;
    try {
      const opened = this.#binding.openIcmp({ family, tos, hopLimit }, own, (bytes, _source, seconds, nanos) =>
        this.#take(key, family, bytes, this.#recording.clock.at({ s: seconds, nanos })),
      );
      // A raw socket sends what it is given; the identifier tells our replies from those of other programs.
      const identifier = opened.isRaw ? this.#freeIdentifier() : opened.identifier;
      const socket = { handle: opened.handle, identifier };
      this.#sockets.set(key, socket);
      return socket;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const words = `cannot send ICMP over IPv${family}: ${message.toLowerCase()}`;
      throw sendError(code === "FORBIDDEN" ? "TRAFGEN_INJECTION_FORBIDDEN" : "TRAFGEN_SOCKET_FAILED", words, error);
    }
  }

  /** None that another socket of ours has: raw sockets hear each other's replies. */
  #freeIdentifier(): number {
    const taken = new Set([...this.#sockets.values()].map(({ identifier }) => identifier));
    for (;;) {
      const identifier = randomInt(1, 0x10000);
      if (!taken.has(identifier)) return identifier;
    }
  }

  #take(key: string, family: AddressFamily, bytes: Buffer, atNs: number): void {
    const message = readEchoMessage(family, bytes);
    if (message === null || message.identifier !== this.#sockets.get(key)?.identifier) return;
    this.#waiting.get(`${family}/${message.identifier}/${message.sequence}`)?.take(message.error, atNs);
  }

  /** The next that nobody waits for. */
  #nextSequence(prefix: string): number {
    for (let tries = 0; tries < 0x10000; tries++) {
      this.#sequence = (this.#sequence + 1) & 0xffff;
      if (!this.#waiting.has(`${prefix}/${this.#sequence}`)) return this.#sequence;
    }
    throw new Error("65536 echo requests under way");
  }

  /** The address that the system sends from. */
  async #client(server: string, localAddress: string | undefined): Promise<string> {
    if (localAddress !== undefined && localAddress !== "") return localAddress;
    const known = this.#clients.get(server);
    if (known !== undefined) return known;
    const client = await sourceAddress(server);
    this.#clients.set(server, client);
    return client;
  }
}

/** Asks the routing table: a UDP socket that is connected has an address, and nothing was sent. */
async function sourceAddress(server: string): Promise<string> {
  const socket = createSocket(familyOf(server) === 6 ? "udp6" : "udp4");
  try {
    socket.connect(9, server);
    await once(socket, "connect");
    return socket.address().address;
  } catch {
    return "";
  } finally {
    socket.close();
  }
}
