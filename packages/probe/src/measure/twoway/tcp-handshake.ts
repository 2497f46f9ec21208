import { TCP_ACKNOWLEDGEMENT, TCP_FLAGS_WINDOW, TCP_SEQUENCE } from "@trafmon/packet";
import { ACK, FIN, RST, SYN } from "../tcp/tcp-flags.ts";
import { type Message, NO_MESSAGE, REPLY, REQUEST } from "./message.ts";

/** What a segment says of an opening: it asks (SYN), answers (SYN-ACK), or refuses. */
export const REFUSAL = 4;

/** The flags that openings are told by. */
const OPENING = FIN | SYN | RST | ACK;

/**
 * Reads a segment's part in the opening of a connection (RFC 9293 section 3.5), and returns it: NO_MESSAGE, REQUEST,
 * REPLY or REFUSAL. A SYN-ACK and a refusal acknowledge the SYN's sequence number, and the payload it may bear.
 */
export function readOpening(words: Int32Array, at: number, wantsText: boolean, message: Message): number {
  const flags = words[at + TCP_FLAGS_WINDOW]! & OPENING;
  if (flags === SYN) {
    message.role = REQUEST;
    message.content1 = words[at + TCP_SEQUENCE]!;
    if (wantsText) message.identifier = String(message.content1 >>> 0);
    return REQUEST;
  }
  if (flags !== (SYN | ACK) && flags !== (RST | ACK)) return NO_MESSAGE;
  message.role = REPLY;
  message.content1 = (words[at + TCP_ACKNOWLEDGEMENT]! - 1) | 0;
  if (wantsText) message.status = flags & SYN ? "SYN-ACK" : "refused";
  return flags & SYN ? REPLY : REFUSAL;
}
