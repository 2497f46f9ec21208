import { randomBytes } from "node:crypto";
import type { AskingOptions, Exchange, Recording, Server } from "./exchange.ts";
import { type NtpReply, ntpRequest, readNtpReply } from "./ntp-packet.ts";
import { exchangeOverUdp, outcomeOf } from "./udp-exchange.ts";

export const NTP_PORT = 123;

/**
 * Asks a server for the time (RFC 5905), and leaves the clock alone. The transmit timestamp of the request is random, as
 * privacy-minded clients have it: it only ties the reply to it.
 */
export async function askTime(server: Server, recording: Recording, options: AskingOptions = {}): Promise<Exchange> {
  const identifier = randomBytes(8);
  const request = ntpRequest(identifier);
  let reply: NtpReply | null = null;
  const isReply = (bytes: Buffer) => {
    const read = readNtpReply(bytes, identifier);
    reply ??= read;
    return read !== null;
  };
  const udp = await exchangeOverUdp(request, server, isReply, recording.clock, options);
  const answer = reply as NtpReply | null;
  const row = {
    protocol: "ntp",
    client: udp.client,
    clientPort: udp.clientPort,
    server: server.address,
    serverPort: server.port,
    identifier: identifier.toString("hex"),
    requestedNs: udp.requestedNs,
    lastRequestedNs: udp.lastRequestedNs,
    repliedNs: udp.repliedNs,
    outcome: outcomeOf(udp),
    repeats: udp.repeats,
    duplicateReplies: udp.duplicateReplies,
    operation: "client",
    status: answer === null ? null : String(answer.stratum),
    version: String(answer?.version ?? 4),
    requestBytes: request.length,
    replyBytes: udp.reply?.length ?? null,
  } as const;
  if (udp.wasSent) recording.ledger?.transaction(row);
  const trouble = answer?.stratum === 0 ? "kiss-o'-death" : udp.trouble;
  return { row, trouble: trouble ?? (answer === null ? "no reply" : null) };
}
