import type { Socket } from "node:net";
import { familyOf } from "../send/socket-options.ts";
import { connectStream, newStreamSocket } from "../send/stream-socket.ts";
import { ASKING_DEFAULTS, type AskingOptions, type Server } from "./exchange.ts";
import type { RunClock } from "./run-clock.ts";
import type { UdpExchange } from "./udp-exchange.ts";

/**
 * Sends one DNS message over TCP, with its length before it (RFC 1035 section 4.2.2), and waits for the reply. It is
 * never repeated: that is TCP's own work.
 */
export async function exchangeOverTcp(
  request: Buffer,
  server: Server,
  isReply: (bytes: Buffer) => boolean,
  clock: RunClock,
  options: AskingOptions = {},
): Promise<UdpExchange> {
  const { timeoutMs = ASKING_DEFAULTS.timeoutMs, stopping } = options;
  const socket = newStreamSocket(familyOf(server.address), options.tos);
  const startedNs = clock.nowNs();
  const result = { client: "", clientPort: 0, requestedNs: startedNs, lastRequestedNs: startedNs, wasSent: false };
  const nothing = { repliedNs: null, reply: null, isLate: false, repeats: 0, duplicateReplies: 0 };
  let strangers = 0;
  try {
    await connectStream(socket, server, { ...options, timeoutMs });
    result.client = socket.localAddress ?? "";
    result.clientPort = socket.localPort ?? 0;
    result.wasSent = true;
    result.requestedNs = result.lastRequestedNs = clock.nowNs();
    const length = Buffer.alloc(2);
    length.writeUInt16BE(request.length);
    socket.write(Buffer.concat([length, request]));
    for await (const message of messagesOf(socket, timeoutMs, stopping)) {
      if (isReply(message)) {
        return { ...result, ...nothing, repliedNs: clock.nowNs(), reply: message, strangers, trouble: null };
      }
      strangers++;
    }
    return { ...result, ...nothing, strangers, trouble: "closed" };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { ...result, ...nothing, strangers, trouble: code ?? message };
  } finally {
    socket.destroy();
  }
}

/** Messages as they are complete. Throws when the next does not come in time. */
async function* messagesOf(
  socket: Socket,
  timeoutMs: number,
  stopping: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, void> {
  const stop = () => socket.destroy();
  socket.setTimeout(timeoutMs, () => socket.destroy(Object.assign(new Error("no reply"), { code: "no reply" })));
  stopping?.addEventListener("abort", stop, { once: true });
  try {
    let bytes = Buffer.alloc(0);
    for await (const chunk of socket) {
      bytes = Buffer.concat([bytes, chunk as Buffer]);
      while (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0)) {
        const end = 2 + bytes.readUInt16BE(0);
        yield bytes.subarray(2, end);
        bytes = bytes.subarray(end);
      }
    }
  } finally {
    stopping?.removeEventListener("abort", stop);
  }
}
