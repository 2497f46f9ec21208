import type { Random } from "../craft/random.ts";
import { askName } from "../play/dns-exchange.ts";
import type { AskingOptions, Exchange, Recording, Server } from "../play/exchange.ts";
import { FtpTrouble } from "../play/ftp/control-connection.ts";
import type { DataMode } from "../play/ftp/data-connection.ts";
import { type FtpLogin, FtpSession } from "../play/ftp/ftp-session.ts";
import type { TransferRequest } from "../play/ftp/ftp-transfer.ts";
import { askWeb, type HttpQuestion } from "../play/http-exchange.ts";
import type { IcmpEcho } from "../play/icmp-echo.ts";
import { askTime } from "../play/ntp-exchange.ts";
import { askAgent, type SnmpCredentials, type SnmpQuestion } from "../play/snmp-exchange.ts";
import type { ByteGate } from "./byte-gate.ts";
import type { MixScenario } from "./mix-scenario.ts";

/** What an exchange came to. */
export interface MixOutcome {
  /** Payload both ways. */
  readonly bytes: number;
  /** Why there is no good answer; null for a good one. */
  readonly trouble: string | null;
}

/** Plays one exchange of a kind, drawn by chance. Never throws what the world does. */
export type Player = (random: Random) => Promise<MixOutcome>;

export interface PlayerParts {
  readonly scenario: MixScenario;
  readonly recording: Recording;
  readonly gate: ByteGate;
  readonly options: AskingOptions & { readonly stopping: AbortSignal };
}

/** Small ones are waited for together. */
const PAGE_TIMEOUT_MS = 15_000;
const FILE_TIMEOUT_MS = 30_000;
const CHUNK_BYTES = 16 * 1024;
/** Uploads take turns in so many names, so that the server's disk does not fill. */
const UPLOAD_NAMES = 16;

export function pingPlayer(address: string, echo: IcmpEcho, parts: PlayerParts): Player {
  return async () => ofExchanges([await echo.ping(address, parts.options)]);
}

export function dnsPlayer(server: Server, names: readonly string[], parts: PlayerParts): Player {
  return async (random) => {
    const name = names[random.below(names.length)]!;
    const type = name.startsWith("large.") ? "TXT" : random.isLikely(0.5) ? "A" : "AAAA";
    return ofExchanges(await askName({ name, type }, server, parts.recording, parts.options));
  };
}

export function ntpPlayer(server: Server, parts: PlayerParts): Player {
  return async () => ofExchanges([await askTime(server, parts.recording, parts.options)]);
}

/** Up time and name, or one time in ten all of the system group. */
const POLLED = ["1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0"];
const WALKED = "1.3.6.1.2.1.1";

export function snmpPlayer(server: Server, credentials: SnmpCredentials, parts: PlayerParts): Player {
  return async (random) => {
    const question: SnmpQuestion = random.isLikely(0.1)
      ? { operation: "walk", oid: WALKED }
      : { operation: "get", oids: POLLED };
    return ofExchanges(await askAgent(question, { ...server, credentials }, parts.recording, parts.options));
  };
}

export function httpPlayer(server: Server, host: string, paths: readonly string[], parts: PlayerParts): Player {
  const { scenario, recording, gate, options } = parts;
  return async (random) => {
    const questions: HttpQuestion[] = Array.from({ length: 1 + random.below(scenario.pageRequests) }, () => ({
      method: "GET",
      path: paths[random.below(paths.length)]!,
      host,
    }));
    const sink = paced(gate, options.stopping);
    return ofExchanges(await askWeb(questions, server, recording, { ...options, timeoutMs: PAGE_TIMEOUT_MS, sink }));
  };
}

export interface FtpTarget {
  readonly server: Server;
  readonly login: FtpLogin;
  readonly mode: DataMode;
  /** Files to download; none: uploads only. */
  readonly files: readonly string[];
  /** Folder to upload into, with its slash; empty: the one that one is logged in to. */
  readonly uploadFolder: string;
}

export function ftpPlayer(target: FtpTarget, parts: PlayerParts): Player {
  const { scenario, recording, gate, options } = parts;
  const { tos, localAddress, stopping } = options;
  return async (random) => {
    const request = requestOf(target, scenario, gate, stopping, random);
    try {
      const settings = { tos, localAddress, stopping, timeoutMs: FILE_TIMEOUT_MS };
      const session = await FtpSession.open(target.server, target.login, recording, settings);
      const { row, trouble } = await session.transfer(request);
      await session.close();
      return { bytes: row.bytes, trouble };
    } catch (error) {
      if (error instanceof FtpTrouble) return { bytes: 0, trouble: error.message };
      throw error;
    }
  };
}

function requestOf(
  { mode, files, uploadFolder }: FtpTarget,
  { uploads, uploadBytes }: MixScenario,
  gate: ByteGate,
  stopping: AbortSignal,
  random: Random,
): TransferRequest {
  if (files.length > 0 && !random.isLikely(uploads)) {
    return { command: "RETR", path: files[random.below(files.length)]!, mode, sink: paced(gate, stopping) };
  }
  const bytes = uploadBytes.from + random.below(uploadBytes.to - uploadBytes.from + 1);
  const path = `${uploadFolder}mix-${random.below(UPLOAD_NAMES)}.bin`;
  return { command: "STOR", path, mode, source: pacedSource(bytes, gate, stopping) };
}

/** Counts what is downloaded, and holds the reader up. */
function paced(gate: ByteGate, stopping: AbortSignal): (chunk: Buffer) => Promise<void> {
  return async (chunk) => {
    gate.spend(chunk.length);
    await gate.settled(stopping);
  };
}

async function* pacedSource(bytes: number, gate: ByteGate, stopping: AbortSignal): AsyncGenerator<Buffer> {
  const chunk = Buffer.alloc(CHUNK_BYTES, "trafgen ");
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    await gate.settled(stopping);
    const part = chunk.subarray(0, Math.min(left, CHUNK_BYTES));
    gate.spend(part.length);
    yield part;
  }
}

/** One failed message makes the exchange a failed one. */
function ofExchanges(exchanges: readonly Exchange[]): MixOutcome {
  let bytes = 0;
  let trouble: string | null = null;
  for (const { row, trouble: why } of exchanges) {
    bytes += (row.requestBytes ?? 0) + (row.replyBytes ?? 0);
    trouble ??= why;
  }
  return { bytes, trouble };
}
