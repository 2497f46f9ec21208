import { hkdfSync } from "node:crypto";

/** What a session's keys depend on besides the shared key. Ids are 16 hexadecimal digits. */
export interface SessionIdentity {
  readonly run: string;
  readonly session: string;
  readonly epoch: string;
  readonly collector: string;
}

/** One key a direction, so that no datagram can be sent back to where it came from. */
export interface SessionKeys {
  readonly toCollector: Buffer;
  readonly toProbe: Buffer;
}

/**
 * HKDF-SHA-256 (RFC 5869): salt = run, session and epoch, 24 bytes; info = "trafMon PDU 1 to collector" or "... to
 * probe", a zero byte, the collector's name. The session number is in it because a probe that sends an earlier run's
 * spool counts its datagrams from 1 again, and no nonce may come twice under one key.
 */
export function sessionKeys(sharedKey: Uint8Array, identity: SessionIdentity): SessionKeys {
  const salt = Buffer.from(identity.run + identity.session + identity.epoch, "hex");
  const derive = (direction: string) => {
    const info = Buffer.from(`trafMon PDU 1 ${direction}\0${identity.collector}`, "utf8");
    return Buffer.from(hkdfSync("sha256", sharedKey, salt, info, 32));
  };
  return { toCollector: derive("to collector"), toProbe: derive("to probe") };
}
