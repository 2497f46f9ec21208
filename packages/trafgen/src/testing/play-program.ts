/**
 * For tests: plays the exchanges it is given as JSON, one after the other, with a ledger, and prints what became of them.
 *
 *     play-program.ts '{"ledger":"/tmp/x","plays":[{"kind":"time","server":{"address":"10.0.0.2","port":123}}]}'
 */
import { Ledger } from "../ledger/ledger.ts";
import { askName, type DnsOptions, type DnsQuestion } from "../play/dns-exchange.ts";
import type { AskingOptions, Exchange, Server } from "../play/exchange.ts";
import { type FtpLogin, type FtpOptions, FtpSession } from "../play/ftp/ftp-session.ts";
import type { TransferRequest, TransferResult } from "../play/ftp/ftp-transfer.ts";
import { askWeb, type HttpQuestion } from "../play/http-exchange.ts";
import { type EchoOptions, IcmpEcho } from "../play/icmp-echo.ts";
import { askTime } from "../play/ntp-exchange.ts";
import { RunClock } from "../play/run-clock.ts";
import { askAgent, type SnmpAgent, type SnmpQuestion } from "../play/snmp-exchange.ts";

export type Play =
  | { readonly kind: "name"; readonly question: DnsQuestion; readonly server: Server; readonly options?: DnsOptions }
  | { readonly kind: "time"; readonly server: Server; readonly options?: AskingOptions }
  | {
      readonly kind: "agent";
      readonly question: SnmpQuestion;
      readonly agent: SnmpAgent;
      readonly options?: AskingOptions;
    }
  | {
      readonly kind: "web";
      readonly questions: readonly HttpQuestion[];
      readonly server: Server;
      readonly options?: AskingOptions;
    }
  | { readonly kind: "ping"; readonly server: string; readonly options?: EchoOptions }
  | {
      readonly kind: "ftp";
      readonly server: Server;
      readonly login: FtpLogin;
      readonly options?: FtpOptions;
      /** `uploadBytes` makes the source. */
      readonly transfers: readonly (TransferRequest & { readonly uploadBytes?: number })[];
    };

export interface PlayResult {
  readonly exchanges: readonly Exchange[];
  readonly transfers: readonly TransferResult[];
  /** Why a session could not be opened. */
  readonly refusal: string | null;
}

const { ledger: folder, plays } = JSON.parse(process.argv[2]!) as { ledger: string; plays: Play[] };
const clock = new RunClock();
const ledger = new Ledger({ folder, start: clock.start });
const recording = { clock, ledger };

const results: PlayResult[] = [];
for (const play of plays) results.push(await result(play));
ledger.close();
process.stdout.write(JSON.stringify(results));

async function result(play: Play): Promise<PlayResult> {
  if (play.kind !== "ftp") return { exchanges: await exchangesOf(play), transfers: [], refusal: null };
  const transfers: TransferResult[] = [];
  try {
    const session = await FtpSession.open(play.server, play.login, recording, play.options);
    for (const { uploadBytes, ...request } of play.transfers)
      transfers.push(await session.transfer({ ...request, source: bytesOf(uploadBytes ?? 0) }));
    await session.close();
    return { exchanges: [], transfers, refusal: null };
  } catch (error) {
    return { exchanges: [], transfers, refusal: (error as Error).message };
  }
}

async function exchangesOf(play: Exclude<Play, { readonly kind: "ftp" }>): Promise<readonly Exchange[]> {
  switch (play.kind) {
    case "name":
      return askName(play.question, play.server, recording, play.options);
    case "time":
      return [await askTime(play.server, recording, play.options)];
    case "agent":
      return askAgent(play.question, play.agent, recording, play.options);
    case "web":
      return askWeb(play.questions, play.server, recording, play.options);
    case "ping": {
      const echo = new IcmpEcho(recording, play.options);
      const exchange = await echo.ping(play.server, play.options);
      echo.close();
      return [exchange];
    }
  }
}

function* bytesOf(length: number): Generator<Buffer> {
  for (let left = length; left > 0; left -= 50_000) yield Buffer.alloc(Math.min(left, 50_000), "payload ");
}
