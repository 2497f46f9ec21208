import { randomInt } from "node:crypto";
import { type DecodedPacket, decode, encode, RECURSION_DESIRED, type RecordType } from "dns-packet";
import { exchangeOverTcp } from "./dns-stream.ts";
import type { AskingOptions, Exchange, Recording, Server } from "./exchange.ts";
import { exchangeOverUdp, outcomeOf, type UdpExchange } from "./udp-exchange.ts";

export const DNS_PORT = 53;

/** Asked for in EDNS (RFC 6891): the size that resolvers settled on in 2020. */
const UDP_PAYLOAD_BYTES = 1232;

export interface DnsQuestion {
  readonly name: string;
  /** A, AAAA, PTR, TXT, MX, ... */
  readonly type: RecordType;
}

export interface DnsOptions extends AskingOptions {
  /**
   * `udp`: UDP, and TCP after a truncated answer, as resolvers do; `udp only`: a truncated answer is the end;
   * `tcp`: TCP at once.
   */
  readonly transport?: "udp" | "udp only" | "tcp";
  /** Whether the request carries EDNS. Without it an answer over UDP has at most 512 bytes. */
  readonly edns?: boolean;
}

/** Asks a name server one question. Two exchanges when a truncated answer sends it to TCP. */
export async function askName(
  question: DnsQuestion,
  server: Server,
  recording: Recording,
  options: DnsOptions = {},
): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  const { transport = "udp" } = options;
  if (transport !== "tcp") {
    const first = await ask(question, server, recording, options, exchangeOverUdp);
    exchanges.push(first.exchange);
    if (transport === "udp only" || !first.isTruncated) return exchanges;
  }
  const { exchange } = await ask(question, server, recording, options, exchangeOverTcp);
  exchanges.push(exchange);
  return exchanges;
}

async function ask(
  question: DnsQuestion,
  server: Server,
  recording: Recording,
  options: DnsOptions,
  exchangeOver: typeof exchangeOverUdp,
): Promise<{ readonly exchange: Exchange; readonly isTruncated: boolean }> {
  const id = randomInt(0x10000);
  const request = dnsRequest(id, question, options.edns ?? true);
  let answer: DecodedPacket | null = null;
  const isReply = (bytes: Buffer) => {
    const read = readDnsReply(bytes, id, question);
    answer ??= read;
    return read !== null;
  };
  const sent = await exchangeOver(request, server, isReply, recording.clock, options);
  const reply = answer as DecodedPacket | null;
  const exchange = writeDown(sent, reply, id, question, request.length, server, recording);
  return { exchange, isTruncated: reply?.flag_tc === true };
}

function writeDown(
  sent: UdpExchange,
  reply: DecodedPacket | null,
  id: number,
  question: DnsQuestion,
  requestBytes: number,
  server: Server,
  recording: Recording,
): Exchange {
  const status = reply === null ? null : rcodeOf(reply);
  const row = {
    protocol: "dns",
    client: sent.client,
    clientPort: sent.clientPort,
    server: server.address,
    serverPort: server.port,
    identifier: `0x${id.toString(16).padStart(4, "0")}`,
    requestedNs: sent.requestedNs,
    lastRequestedNs: sent.lastRequestedNs,
    repliedNs: sent.repliedNs,
    outcome: outcomeOf(sent),
    repeats: sent.repeats,
    duplicateReplies: sent.duplicateReplies,
    operation: question.type,
    status,
    name: question.name,
    requestBytes,
    replyBytes: sent.reply?.length ?? null,
  } as const;
  if (sent.wasSent) recording.ledger?.transaction(row);
  if (status === null) return { row, trouble: sent.trouble ?? "no reply" };
  // That a name does not exist is an answer like another.
  return { row, trouble: status === "NOERROR" || status === "NXDOMAIN" ? null : status };
}

export function dnsRequest(id: number, question: DnsQuestion, edns: boolean): Buffer {
  return encode({
    type: "query",
    id,
    flags: RECURSION_DESIRED,
    questions: [{ name: question.name, type: question.type, class: "IN" }],
    ...(edns && {
      additionals: [
        {
          type: "OPT",
          name: ".",
          udpPayloadSize: UDP_PAYLOAD_BYTES,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: 0,
          flag_do: false,
          options: [],
        },
      ],
    }),
  });
}

/** The reply to a question; null for any other bytes. */
export function readDnsReply(bytes: Buffer, id: number, question: DnsQuestion): DecodedPacket | null {
  let packet: DecodedPacket;
  try {
    packet = decode(bytes);
  } catch {
    return null;
  }
  if (packet.id !== id || packet.type !== "response") return null;
  // A server that could not read the question may leave it out.
  const asked = packet.questions?.[0];
  const isAsked = asked?.type === question.type && asked.name.toLowerCase() === question.name.toLowerCase();
  return asked === undefined || isAsked ? packet : null;
}

/** The response code, with the upper bits that EDNS adds (RFC 6891 section 6.1.3). */
function rcodeOf(reply: DecodedPacket): string {
  const { rcode } = reply as DecodedPacket & { readonly rcode: string };
  const edns = reply.additionals?.find((record) => record.type === "OPT");
  const upper = edns?.type === "OPT" ? (edns.extendedRcode ?? 0) : 0;
  return upper === 0 ? rcode : `RCODE${(upper << 4) | ((reply.flags ?? 0) & 0xf)}`;
}
