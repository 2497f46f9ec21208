import {
  CAPTURED_PAYLOAD,
  CHECKSUM,
  CLASSES,
  DESTINATION,
  FINGERPRINT,
  FLAGS,
  FRAGMENT_BYTES,
  FRAGMENT_OFFSET,
  FRAME_BYTES,
  IDENTIFICATION,
  INTERFACE,
  IP_BYTES,
  LENGTH,
  NANOS,
  PAYLOAD,
  PAYLOAD_BYTES,
  PORTS,
  PROTOCOL_TOS_TTL,
  SECONDS,
  SOURCE,
  TCP_ACKNOWLEDGEMENT,
  TCP_FLAGS_WINDOW,
  TCP_OPTIONS,
  TCP_SACK,
  TCP_SEQUENCE,
  TCP_TIMESTAMP,
  VLAN,
} from "@trafmon/packet";

/** What a test says of a packet; what it leaves out is 0, addresses are 10.0.0.1 and 10.0.0.2. */
export interface PacketFields {
  readonly flags?: number;
  readonly interface?: number;
  readonly s?: number;
  readonly nanos?: number;
  readonly ipBytes?: number;
  readonly protocol?: number;
  readonly tos?: number;
  readonly ttl?: number;
  readonly vlan?: number;
  readonly source?: Uint8Array;
  readonly destination?: Uint8Array;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly identification?: number;
  readonly fragmentOffset?: number;
  /** Default: all but an IPv4 header. */
  readonly fragmentBytes?: number;
  readonly payloadBytes?: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly tcpFlags?: number;
  readonly window?: number;
  readonly mss?: number;
  /** null: no such option. */
  readonly windowScale?: number | null;
  /** Left and right edges in turn. */
  readonly sack?: readonly number[];
  readonly timestamp?: number;
  readonly fingerprint?: number;
  /** Default: every class. */
  readonly classes?: number;
  readonly checksum?: number;
  /** Captured payload that was asked for. */
  readonly payload?: Uint8Array;
}

/** A packet record. Shape: [PAYLOAD], and the captured payload behind it. */
export function packetRecord(fields: PacketFields): Int32Array {
  const payload = fields.payload ?? new Uint8Array(0);
  const words = new Int32Array(PAYLOAD + Math.ceil(payload.length / 4));
  new Uint8Array(words.buffer).set(payload, 4 * PAYLOAD);
  words[LENGTH] = words.length;
  words[FLAGS] = fields.flags ?? 0;
  words[INTERFACE] = fields.interface ?? 0;
  words[SECONDS] = fields.s ?? 0;
  words[NANOS] = fields.nanos ?? 0;
  words[IP_BYTES] = fields.ipBytes ?? 40;
  words[FRAME_BYTES] = words[IP_BYTES]! + 14;
  words[PROTOCOL_TOS_TTL] = (fields.protocol ?? 6) | ((fields.tos ?? 0) << 8) | ((fields.ttl ?? 64) << 16);
  words[VLAN] = fields.vlan ?? 0;
  putAddress(words, SOURCE, fields.source ?? Uint8Array.of(10, 0, 0, 1));
  putAddress(words, DESTINATION, fields.destination ?? Uint8Array.of(10, 0, 0, 2));
  words[PORTS] =
    fields.icmpType === undefined
      ? ((fields.sourcePort ?? 0) << 16) | (fields.destinationPort ?? 0)
      : (fields.icmpType << 8) | (fields.icmpCode ?? 0);
  words[IDENTIFICATION] = fields.identification ?? 0;
  words[FRAGMENT_OFFSET] = fields.fragmentOffset ?? 0;
  words[FRAGMENT_BYTES] = fields.fragmentBytes ?? words[IP_BYTES]! - 20;
  words[PAYLOAD_BYTES] = fields.payloadBytes ?? 0;
  words[TCP_SEQUENCE] = fields.sequence ?? 0;
  words[TCP_ACKNOWLEDGEMENT] = fields.acknowledgement ?? 0;
  words[TCP_FLAGS_WINDOW] = (fields.tcpFlags ?? 0) | ((fields.window ?? 1000) << 16);
  const sack = fields.sack ?? [];
  words[TCP_OPTIONS] = (fields.mss ?? 0) | ((fields.windowScale ?? 255) << 16) | ((sack.length / 2) << 24);
  sack.forEach((edge, index) => {
    words[TCP_SACK + index] = edge;
  });
  words[TCP_TIMESTAMP] = fields.timestamp ?? 0;
  words[FINGERPRINT] = fields.fingerprint ?? 0;
  words[CLASSES] = fields.classes ?? -1;
  words[CAPTURED_PAYLOAD] = payload.length;
  words[CHECKSUM] = fields.checksum ?? 1;
  return words;
}

function putAddress(words: Int32Array, at: number, address: Uint8Array): void {
  const view = new DataView(address.buffer, address.byteOffset, address.byteLength);
  for (let word = 0; word < address.byteLength / 4; word++) words[at + word] = view.getInt32(4 * word);
}
