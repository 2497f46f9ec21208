import { type ObservationSink, observationTypes, type RecordWriter } from "@trafmon/observation";
import type { StreamConnection } from "../../reassemble/stream-protocol.ts";

/** Told at most once in so many seconds of the source clock, with all that came together. */
const TELL_EVERY_S = 60;
/** Servers named in one event; of more the sessions are counted only. */
const MOST_SERVERS = 16;

/** Raises an event for FTP sessions that became unreadable, for nothing more can be said of their transfers. */
export class EncryptedSessions {
  readonly #writer: RecordWriter<typeof observationTypes.event>;
  #sessions = 0;
  #perServer = new Map<string, number>();
  #nextS = 0;

  constructor(sink: ObservationSink) {
    this.#writer = sink.writerOf(observationTypes.event);
  }

  add({ server }: StreamConnection): void {
    this.#sessions++;
    const name = endpointText(server.address, server.port);
    const before = this.#perServer.get(name);
    if (before !== undefined || this.#perServer.size < MOST_SERVERS) this.#perServer.set(name, (before ?? 0) + 1);
  }

  /** Tells of what came, unless the last telling was a short time ago. */
  tell(clockS: number, clockNanos: number): void {
    if (clockS >= this.#nextS) this.tellNow(clockS, clockNanos);
  }

  tellNow(clockS: number, clockNanos: number): void {
    if (this.#sessions === 0) return;
    this.#nextS = clockS + TELL_EVERY_S;
    this.#writer.write({
      at_s: clockS,
      at_nanos: clockNanos,
      origin: "analysis",
      severity: "info",
      code: "ftp_sessions_encrypted",
      text: "FTP control connections went over to TLS; their transfers are not known",
      parameters: JSON.stringify({ sessions: this.#sessions, servers: Object.fromEntries(this.#perServer) }),
    });
    this.#sessions = 0;
    this.#perServer = new Map();
  }
}

/** IPv6 is written in full: it is for people to search for. */
function endpointText(address: Uint8Array, port: number): string {
  if (address.length === 4) return `${address.join(".")}:${port}`;
  const groups = Array.from({ length: 8 }, (_, group) =>
    ((address[2 * group]! << 8) | address[2 * group + 1]!).toString(16),
  );
  return `[${groups.join(":")}]:${port}`;
}
