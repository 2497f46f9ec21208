/** Why a packet was sent. The numbers are for typed arrays; ledgers show the names. */
export const KIND = {
  /** Payload of a stream, or of a TCP conversation for the first time. */
  DATA: 0,
  /** A segment without payload that only acknowledges or opens the window. */
  ACK: 1,
  SYN: 2,
  SYN_ACK: 3,
  FIN: 4,
  RST: 5,
  /** Payload that was sent before. */
  RETRANSMISSION: 6,
  /** A copy of a frame, equal to the last byte, as a mirror port makes them. */
  DUPLICATE: 7,
  /** One byte or none below what is acknowledged (RFC 9293 section 3.8.4). */
  KEEP_ALIVE: 8,
  /** One byte beyond a window of zero (RFC 9293 section 3.8.6.1). */
  WINDOW_PROBE: 9,
  REQUEST: 10,
  REPLY: 11,
  /** A request sent once more because no reply came. */
  REPEAT: 12,
  /** A reply to a request that was answered before. */
  DUPLICATE_REPLY: 13,
  /** Payload that arrives behind payload sent after it. */
  REORDERED: 14,
} as const;

export type PacketKind = (typeof KIND)[keyof typeof KIND];

/** Names by number. */
export const KIND_NAMES: readonly string[] = namesOf(KIND);

/** What became of a packet. */
export const FATE = {
  /** It is on the wire, or in the capture file. */
  SENT: 0,
  /** It was made but kept back, as the scenario says: for everybody behind, it was lost on the way here. */
  WITHHELD: 1,
  /** The kernel or the card did not take it. */
  REFUSED: 2,
  /** The run was stopped before it was due. */
  CANCELLED: 3,
} as const;

export type PacketFate = (typeof FATE)[keyof typeof FATE];

export const FATE_NAMES: readonly string[] = namesOf(FATE);

/** `SYN_ACK` is `syn-ack` in ledgers. */
function namesOf(numbers: Readonly<Record<string, number>>): readonly string[] {
  const names: string[] = [];
  for (const [name, number] of Object.entries(numbers)) names[number] = name.toLowerCase().replaceAll("_", "-");
  return names;
}
