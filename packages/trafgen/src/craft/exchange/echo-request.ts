import { PATTERN } from "../payload-pattern.ts";
import type { Random } from "../random.ts";
import type { PrepareRequest } from "./prepared-request.ts";

/** What stands behind the ICMP header's checksum: identifier and sequence (RFC 792, RFC 4443 section 4). */
export interface EchoHeading {
  readonly identifier: number;
  readonly sequence: number;
}

/** Echoes of one pinging program: one identifier, rising sequence numbers. The messages have both at their head. */
export function echoRequests(payloadBytes: number, random: () => Random): PrepareRequest {
  let identifier = -1;
  let sequence = 0;
  return () => {
    if (identifier < 0) identifier = 1 + random().below(65_535);
    sequence = (sequence + 1) & 0xffff;
    const message = new Uint8Array(4 + payloadBytes);
    new DataView(message.buffer).setUint32(0, ((identifier << 16) | sequence) >>> 0);
    message.set(PATTERN.subarray(0, payloadBytes), 4);
    return {
      words: {
        protocol: "icmp",
        identifier: `${identifier}/${sequence}`,
        operation: null,
        name: null,
        version: null,
      },
      status: null,
      request: message,
      reply: () => message,
    };
  };
}
