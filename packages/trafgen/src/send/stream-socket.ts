import { once } from "node:events";
import { createServer, type Server, Socket, type SocketConstructorOpts } from "node:net";
import { CodedError } from "@trafmon/runtime";
import { findNativeBinding, type NativeBinding } from "./native-binding.ts";
import { sendError } from "./send-errors.ts";
import { type AddressFamily, familyOf } from "./socket-options.ts";

/**
 * A TCP socket, not yet connected, whose SYN already has the ToS.
 * @throws {CodedError} TRAFGEN_TOS_UNSETTABLE, TRAFGEN_SOCKET_FAILED
 */
export function newStreamSocket(family: AddressFamily, tos = 0): Socket {
  if (tos === 0) return new Socket();
  // Reading must wait for the connection: `manualStart` is what Node's own `connect` uses for it.
  const options: SocketConstructorOpts & { manualStart: boolean } = { fd: descriptor(family, tos), manualStart: true };
  return new Socket(options);
}

/**
 * As `newStreamSocket`, and where there is the addon with the descriptor, so that the kernel's account of the connection
 * can be asked for. The socket is half-open when the other side ends: the caller ends it.
 * @throws {CodedError} TRAFGEN_TOS_UNSETTABLE, TRAFGEN_SOCKET_FAILED
 */
export function observedStreamSocket(
  family: AddressFamily,
  tos: number,
  binding: NativeBinding | null,
): { readonly socket: Socket; readonly descriptor: number | null } {
  if (binding === null && tos === 0) return { socket: new Socket({ allowHalfOpen: true }), descriptor: null };
  const fd = descriptor(family, tos);
  const options: SocketConstructorOpts & { manualStart: boolean } = { fd, manualStart: true, allowHalfOpen: true };
  return { socket: new Socket(options), descriptor: fd };
}

/**
 * Listens on a port of the system's choice. Connections that are accepted have the ToS from their SYN-ACK on.
 * @throws {CodedError} TRAFGEN_TOS_UNSETTABLE, TRAFGEN_SOCKET_FAILED
 */
export async function listenForStreams(localAddress: string, tos = 0): Promise<Server> {
  const server = createServer({ allowHalfOpen: true });
  const family = familyOf(localAddress);
  try {
    if (tos === 0) server.listen({ host: localAddress, port: 0, ipv6Only: family === 6 });
    else server.listen({ fd: descriptor(family, tos, localAddress) });
    await once(server, "listening");
    return server;
  } catch (error) {
    server.close();
    if (error instanceof CodedError) throw error;
    throw sendError("TRAFGEN_SOCKET_FAILED", `cannot listen on ${localAddress}: ${(error as Error).message}`, error);
  }
}

function descriptor(family: AddressFamily, tos: number, localAddress = ""): number {
  const binding = findNativeBinding();
  if (binding === null)
    throw sendError("TRAFGEN_TOS_UNSETTABLE", `cannot send with a ToS of ${tos}: there is no addon`);
  try {
    return binding.streamSocket(family, tos, localAddress, 0);
  } catch (error) {
    throw sendError("TRAFGEN_SOCKET_FAILED", `cannot make a TCP socket: ${(error as Error).message}`, error);
  }
}

export interface StreamEnd {
  readonly address: string;
  readonly port: number;
}

export interface ConnectOptions {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly timeoutMs: number;
  readonly stopping?: AbortSignal | undefined;
}

/** Connects, and resolves when the handshake is done. The socket is destroyed when it rejects; its errors are swallowed then. */
export function connectStream(socket: Socket, remote: StreamEnd, options: ConnectOptions): Promise<void> {
  const { localAddress, localPort, timeoutMs, stopping } = options;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      socket.off("connect", succeed);
      socket.on("error", () => {});
      letGo();
      socket.destroy();
      reject(error);
    };
    const succeed = () => {
      letGo();
      socket.off("error", fail);
      resolve();
    };
    const onStop = () => fail(Object.assign(new Error("the run was stopped"), { code: "stopped" }));
    const timer = setTimeout(() => fail(timedOut(timeoutMs)), timeoutMs);
    const letGo = () => {
      clearTimeout(timer);
      stopping?.removeEventListener("abort", onStop);
    };
    if (stopping?.aborted) return onStop();
    stopping?.addEventListener("abort", onStop, { once: true });
    socket.once("error", fail);
    socket.once("connect", succeed);
    socket.connect({
      host: remote.address,
      port: remote.port,
      ...(localAddress !== undefined && { localAddress }),
      ...(localPort !== undefined && localPort !== 0 && { localPort }),
    });
  });
}

function timedOut(timeoutMs: number): Error {
  return Object.assign(new Error(`no connection within ${timeoutMs} ms`), { code: "ETIMEDOUT" });
}
