import type { Server as Listener, Socket } from "node:net";
import { familyOf } from "../../send/socket-options.ts";
import { connectStream, listenForStreams, newStreamSocket } from "../../send/stream-socket.ts";
import type { RunClock } from "../run-clock.ts";
import { type ControlConnection, FtpTrouble } from "./control-connection.ts";
import {
  type DataEnd,
  extendedPortArgument,
  portArgument,
  readExtendedPassiveReply,
  readPassiveReply,
} from "./ftp-addresses.ts";

/** How the data connection is agreed: the command. */
export type DataMode = "PASV" | "EPSV" | "PORT" | "EPRT";

/** A data connection that is agreed, and open or about to be opened by the server. */
export interface DataConnection {
  /** The end that listens. */
  readonly end: DataEnd;
  /** The connection, when it is there. Rejects with FtpTrouble. */
  readonly socket: Promise<Socket>;
  /** When it was begun: our SYN, or the server's connection accepted. null: not yet. */
  readonly connectedNs: number | null;
  close(): void;
}

export interface DataOptions {
  readonly tos?: number | undefined;
  readonly timeoutMs: number;
  readonly stopping?: AbortSignal | undefined;
}

/** @throws {FtpTrouble} where the server refuses the mode, or cannot be reached */
export async function agreeDataConnection(
  mode: DataMode,
  control: ControlConnection,
  clock: RunClock,
  options: DataOptions,
): Promise<DataConnection> {
  if ((mode === "PASV" || mode === "PORT") && control.remoteAddress.includes(":"))
    throw new FtpTrouble("bad mode", `${mode} knows no IPv6 addresses: use ${mode === "PASV" ? "EPSV" : "EPRT"}`);
  return mode === "PASV" || mode === "EPSV"
    ? openPassive(mode, control, clock, options)
    : openActive(mode, control, clock, options);
}

async function openPassive(
  mode: "PASV" | "EPSV",
  control: ControlConnection,
  clock: RunClock,
  { tos, timeoutMs, stopping }: DataOptions,
): Promise<DataConnection> {
  const reply = await control.ask(mode);
  const end =
    mode === "PASV"
      ? passiveEnd(reply.code, reply.text, control.remoteAddress)
      : extendedEnd(reply.code, reply.text, control.remoteAddress);
  if (end === null)
    throw new FtpTrouble(`${mode} ${reply.code}`, `${mode} was answered with ${reply.code} ${reply.text}`);
  const socket = newStreamSocket(familyOf(end.address), tos);
  const connectedNs = clock.nowNs();
  try {
    await connectStream(socket, end, { localAddress: control.localAddress, timeoutMs, stopping });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new FtpTrouble(code ?? "error", `no data connection to ${end.address} port ${end.port}: ${message}`);
  }
  return { end, connectedNs, socket: Promise.resolve(socket), close: () => socket.destroy() };
}

/** A server that listens on all its addresses may name none: then it is the one that we talk to. */
function passiveEnd(code: number, text: string, server: string): DataEnd | null {
  const end = code === 227 ? readPassiveReply(text) : null;
  return end?.address === "0.0.0.0" ? { address: server, port: end.port } : end;
}

/** EPSV's answer is a port at the address of the control connection. */
function extendedEnd(code: number, text: string, server: string): DataEnd | null {
  const port = code === 229 ? readExtendedPassiveReply(text) : null;
  return port === null ? null : { address: server, port };
}

async function openActive(
  mode: "PORT" | "EPRT",
  control: ControlConnection,
  clock: RunClock,
  { tos, timeoutMs }: DataOptions,
): Promise<DataConnection> {
  const listener = await listenForStreams(control.localAddress, tos);
  const { port } = listener.address() as { readonly port: number };
  const end = { address: control.localAddress, port };
  const accepting = new Accepting(listener, end, control.remoteAddress, clock, timeoutMs);
  try {
    const argument = mode === "PORT" ? portArgument(end) : extendedPortArgument(end);
    const reply = await control.ask(`${mode} ${argument}`);
    if (reply.code < 300) return accepting;
    throw new FtpTrouble(`${mode} ${reply.code}`, `${mode} was answered with ${reply.code} ${reply.text}`);
  } catch (error) {
    accepting.close();
    throw error;
  }
}

/** Waits for the server's connection, and for nobody else's. */
class Accepting implements DataConnection {
  readonly end: DataEnd;
  readonly socket: Promise<Socket>;
  connectedNs: number | null = null;
  readonly #listener: Listener;
  #accepted: Socket | null = null;
  #reject!: (trouble: FtpTrouble) => void;
  readonly #timer: NodeJS.Timeout;

  constructor(listener: Listener, end: DataEnd, server: string, clock: RunClock, timeoutMs: number) {
    this.end = end;
    this.#listener = listener;
    this.socket = new Promise((resolve, reject) => {
      this.#reject = reject;
      listener.on("connection", (socket) => {
        if (this.#accepted !== null || !isSame(socket.remoteAddress, server)) {
          socket.destroy();
          return;
        }
        this.#accepted = socket;
        this.connectedNs = clock.nowNs();
        clearTimeout(this.#timer);
        listener.close();
        resolve(socket);
      });
    });
    // It is awaited only once the server agrees to the transfer.
    this.socket.catch(() => {});
    this.#timer = setTimeout(() => this.#giveUp("no data connection", `the server did not connect`), timeoutMs);
  }

  close(): void {
    this.#giveUp("closed", "the data connection was closed");
    this.#accepted?.destroy();
  }

  #giveUp(code: string, message: string): void {
    clearTimeout(this.#timer);
    this.#listener.close();
    this.#reject(new FtpTrouble(code, message));
  }
}

function isSame(remote: string | undefined, server: string): boolean {
  return remote?.replace(/^::ffff:/i, "").toLowerCase() === server.toLowerCase();
}
