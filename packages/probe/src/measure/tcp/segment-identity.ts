import { FLAG_TCP_TIMESTAMPS, FLAGS, IDENTIFICATION, TCP_TIMESTAMP } from "@trafmon/packet";

/**
 * What tells copies of one packet from a packet sent again, and which of two packets its sender made first: the IP
 * identification and the TCP timestamp (TSval). 0 stands for none: IPv6 has no identification, a sender of IPv4 may
 * leave it 0 (RFC 6864), and timestamps are optional (RFC 7323).
 */

/** Identifications of packets made one after the other lie this close, where a sender counts them at all. */
const CLOSE_IDENTIFICATIONS = 256;

/** The IP identification of a packet, 0: none. */
export function identificationOf(words: Int32Array, at: number): number {
  return words[at + IDENTIFICATION]! & 0xffff;
}

/** The TCP timestamp of a segment, 0: none. */
export function timestampOf(words: Int32Array, at: number): number {
  return words[at + FLAGS]! & FLAG_TCP_TIMESTAMPS ? words[at + TCP_TIMESTAMP]! : 0;
}

/** Whether both say that they are copies of one packet, as far as they say anything. */
export function isSameIdentity(
  identification: number,
  timestamp: number,
  otherIdentification: number,
  otherTimestamp: number,
): boolean {
  if (timestamp !== otherTimestamp) return false;
  if (identification !== otherIdentification) return false;
  return identification !== 0 || timestamp !== 0;
}

/** Whether its sender made a packet before the other one: by timestamps, and by identifications within a tick of them. */
export function isMadeBefore(
  identification: number,
  timestamp: number,
  otherIdentification: number,
  otherTimestamp: number,
): boolean {
  if (timestamp !== 0 && otherTimestamp !== 0 && timestamp !== otherTimestamp) {
    return ((timestamp - otherTimestamp) | 0) < 0;
  }
  if (identification === 0 || otherIdentification === 0) return false;
  const behind = (otherIdentification - identification) & 0xffff;
  return behind > 0 && behind <= CLOSE_IDENTIFICATIONS;
}
