import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { findNativeBinding } from "./native-binding.ts";
import { sendError } from "./send-errors.ts";
import type { AddressFamily, SocketOptions } from "./socket-options.ts";

/**
 * A UDP socket, bound. Its later errors are the caller's to listen to.
 * @throws {CodedError} TRAFGEN_SOCKET_FAILED, TRAFGEN_TOS_UNSETTABLE
 */
export async function openDatagramSocket(family: AddressFamily, options: SocketOptions = {}): Promise<Socket> {
  const { localAddress = "", localPort = 0, tos = 0 } = options;
  const descriptor = tos === 0 ? null : tosSocket(family, tos, localAddress, localPort);
  const socket = createSocket({ type: family === 6 ? "udp6" : "udp4", ipv6Only: family === 6 });
  try {
    // A descriptor is bound already, and says so at once.
    const listening = once(socket, "listening");
    if (descriptor !== null) socket.bind({ fd: descriptor });
    else if (localAddress === "") socket.bind(localPort);
    else socket.bind(localPort, localAddress);
    await listening;
    return socket;
  } catch (error) {
    socket.close();
    throw failed(localAddress, localPort, error);
  }
}

function tosSocket(family: AddressFamily, tos: number, localAddress: string, localPort: number): number {
  const binding = findNativeBinding();
  if (binding === null)
    throw sendError("TRAFGEN_TOS_UNSETTABLE", `cannot send with a ToS of ${tos}: there is no addon`);
  try {
    return binding.datagramSocket(family, tos, localAddress, localPort);
  } catch (error) {
    throw failed(localAddress, localPort, error);
  }
}

function failed(localAddress: string, localPort: number, error: unknown): Error {
  const end = `${localAddress === "" ? "any address" : localAddress} port ${localPort}`;
  return sendError("TRAFGEN_SOCKET_FAILED", `cannot send UDP from ${end}: ${(error as Error).message}`, error);
}
