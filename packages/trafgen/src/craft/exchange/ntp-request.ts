import type { Instant } from "@trafmon/runtime";
import type { PrepareRequest } from "./prepared-request.ts";

/** RFC 5905 section 7.3, without extensions. */
const NTP_BYTES = 48;
const VERSION = 4;
const CLIENT = 3;
const SERVER = 4;
/** From 1900 to 1970. */
const ERA_S = 2_208_988_800;

export function ntpRequests(stratum: number): PrepareRequest {
  return (now) => {
    const request = new Uint8Array(NTP_BYTES);
    request[0] = (VERSION << 3) | CLIENT;
    request[2] = 6;
    request[3] = 0xe9;
    writeTimestamp(request, 40, now);
    const transmitted = request.subarray(40, 48);
    return {
      words: {
        protocol: "ntp",
        identifier: Buffer.from(transmitted).toString("hex"),
        operation: "client",
        name: null,
        version: String(VERSION),
      },
      status: String(stratum),
      request,
      reply: (then) => {
        const reply = new Uint8Array(NTP_BYTES);
        reply[0] = (VERSION << 3) | SERVER;
        reply[1] = stratum;
        reply[2] = 6;
        reply[3] = 0xe9;
        // Root delay and dispersion of some milliseconds, and a reference of documentation.
        reply.set([0, 0, 1, 0x20, 0, 0, 0, 0x80, 192, 0, 2, 1], 4);
        writeTimestamp(reply, 16, { s: then.s - 64, nanos: then.nanos });
        reply.set(transmitted, 24);
        writeTimestamp(reply, 32, then);
        writeTimestamp(reply, 40, then);
        return reply;
      },
    };
  };
}

/** Seconds since 1900, and their 2^32th parts. */
function writeTimestamp(bytes: Uint8Array, at: number, { s, nanos }: Instant): void {
  const view = new DataView(bytes.buffer);
  view.setUint32(at, (s + ERA_S) % 4294967296);
  view.setUint32(at + 4, Math.floor((nanos * 4294967296) / 1e9));
}
