import { Readable } from "node:stream";
import { addressText } from "@trafmon/observation";
import { sleep, systemClock } from "@trafmon/runtime";
import type { EndPicker } from "./craft/end-picker.ts";
import type { Random } from "./craft/random.ts";
import { isAnySource } from "./plan/socket-fitness.ts";
import { askName } from "./play/dns-exchange.ts";
import type { AskingOptions, Exchange, Recording, Server } from "./play/exchange.ts";
import { FtpTrouble } from "./play/ftp/control-connection.ts";
import { FtpSession } from "./play/ftp/ftp-session.ts";
import type { TransferRequest } from "./play/ftp/ftp-transfer.ts";
import { askWeb } from "./play/http-exchange.ts";
import type { IcmpEcho } from "./play/icmp-echo.ts";
import { askTime } from "./play/ntp-exchange.ts";
import { askAgent, type SnmpUser } from "./play/snmp-exchange.ts";
import type { FtpTraffic, HttpTraffic, RequestTraffic } from "./scenario/scenario.ts";

export type ExchangeTraffic = FtpTraffic | HttpTraffic | RequestTraffic;

/** What servers ask for before they serve. From the environment: scenarios are copied around. */
export interface Credentials {
  readonly ftpPassword: string;
  readonly snmpCommunity: string;
  /** Of version 3; without one it is asked as user trafgen, with nothing authenticated. */
  readonly snmpUser?: SnmpUser;
}

export interface ExchangeParts {
  readonly recording: Recording;
  readonly credentials: Credentials;
  readonly stopping: AbortSignal;
  readonly random: Random;
  /** For ping only. */
  readonly echo: IcmpEcho | null;
}

/** Time for a reply that FTP servers have. */
const FTP_TIMEOUT_MS = 30_000;
const CHUNK = Buffer.alloc(64 * 1024, "trafgen ");

/** Plays one exchange with a real server, between the ends that were picked last. What went wrong; null: nothing. */
export async function playExchange(
  traffic: ExchangeTraffic,
  picker: EndPicker,
  parts: ExchangeParts,
): Promise<string | null> {
  const server = { address: addressText(picker.to), port: picker.toPort };
  const options: AskingOptions = {
    tos: traffic.tos,
    stopping: parts.stopping,
    ...(isAnySource(traffic.from) ? {} : { localAddress: addressText(picker.from) }),
    // Of a range of ports, the system takes one that is free.
    ...(traffic.fromPorts.count === 1 ? { localPort: picker.fromPort } : {}),
  };
  if (traffic.kind === "ftp") return await playFtp(traffic, server, options, parts);
  if (traffic.kind === "http") return await playHttp(traffic, server, options, parts);
  return troubleOf(await ask(traffic, server, { ...options, timeoutMs: traffic.timeoutNs / 1e6 }, parts));
}

function troubleOf(exchanges: readonly Exchange[]): string | null {
  return exchanges.find(({ trouble }) => trouble !== null)?.trouble ?? null;
}

async function ask(
  { question }: RequestTraffic,
  server: Server,
  options: AskingOptions,
  { recording, random, credentials, echo }: ExchangeParts,
): Promise<readonly Exchange[]> {
  switch (question.protocol) {
    case "dns": {
      const { names, type } = question;
      return await askName({ name: names[random.below(names.length)]!, type }, server, recording, options);
    }
    case "ntp":
      return [await askTime(server, recording, options)];
    case "snmp": {
      const { version, pdu, oids } = question;
      const asked =
        pdu === "getBulk"
          ? { operation: "getBulk" as const, oids, repetitions: 10 }
          : { operation: pdu === "getNext" ? ("getNext" as const) : ("get" as const), oids };
      const known =
        version === "3"
          ? (credentials.snmpUser ?? { version, user: "trafgen" })
          : { version, community: credentials.snmpCommunity };
      return await askAgent(asked, { ...server, credentials: known }, recording, options);
    }
    case "icmp":
      return [await echo!.ping(server.address, { ...options, payloadBytes: question.payloadBytes })];
  }
}

async function playHttp(
  traffic: HttpTraffic,
  server: Server,
  options: AskingOptions,
  { recording, random, stopping }: ExchangeParts,
): Promise<string | null> {
  const { paths, host, method, requestsPerConnection, timeoutNs, thinkNs } = traffic;
  const pause = () => sleep(systemClock, thinkNs / 1e6, stopping);
  const questions = Array.from({ length: requestsPerConnection }, () => ({
    method: method as "GET" | "HEAD" | "POST" | "PUT",
    path: paths[random.below(paths.length)]!,
    host,
    ...(method === "POST" || method === "PUT" ? { bodyBytes: 1000 } : {}),
  }));
  return troubleOf(await askWeb(questions, server, recording, { ...options, timeoutMs: timeoutNs / 1e6, pause }));
}

async function playFtp(
  traffic: FtpTraffic,
  server: Server,
  { localAddress, tos, stopping }: AskingOptions,
  { recording, random, credentials }: ExchangeParts,
): Promise<string | null> {
  const login = { user: traffic.user, password: credentials.ftpPassword };
  const options = { timeoutMs: FTP_TIMEOUT_MS, tos, localAddress, ...(stopping === undefined ? {} : { stopping }) };
  let trouble: string | null = null;
  try {
    const session = await FtpSession.open(server, login, recording, options);
    for (let i = 0; i < traffic.transfers && !session.isClosed && stopping?.aborted !== true; i++) {
      const { from, to } = traffic.fileBytes;
      const result = await session.transfer(transferOf(traffic, from + random.below(to - from + 1)));
      trouble ??= result.trouble;
    }
    await session.close();
  } catch (error) {
    if (!(error instanceof FtpTrouble)) throw error;
    trouble ??= error.message;
  }
  return trouble;
}

function transferOf({ command, file, mode, outcome }: FtpTraffic, bytes: number): TransferRequest {
  const hasPath = command === "RETR" || command === "STOR" || command === "APPE";
  const isUpload = command === "STOR" || command === "APPE" || command === "STOU";
  return {
    command,
    path: hasPath ? file : null,
    mode,
    ...(isUpload ? { source: Readable.from(chunks(bytes)) } : {}),
    ...(outcome === "aborted" ? { abortAfterBytes: Math.max(1, Math.floor(bytes / 2)) } : {}),
  };
}

function* chunks(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, Math.min(left, CHUNK.length));
}
