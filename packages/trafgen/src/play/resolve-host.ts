import { lookup } from "node:dns/promises";
import type { AddressFamily } from "../send/socket-options.ts";
import { playError } from "./play-errors.ts";

/**
 * The address of a host, by the system's own means (/etc/hosts, DNS). An address in numbers is its own, written as the
 * system writes it.
 * @throws {CodedError} TRAFGEN_HOST_UNKNOWN
 */
export async function resolveHost(host: string, family?: AddressFamily): Promise<string> {
  try {
    const { address } = await lookup(host.replace(/^\[(.*)\]$/, "$1"), family === undefined ? {} : { family });
    return address;
  } catch (error) {
    const wanted = family === undefined ? "" : ` over IPv${family}`;
    const { code, message } = error as NodeJS.ErrnoException;
    throw playError("TRAFGEN_HOST_UNKNOWN", `cannot find ${host}${wanted}: ${code ?? message}`, error);
  }
}
