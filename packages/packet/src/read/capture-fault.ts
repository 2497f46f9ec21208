/** Why a capture file could not be read to a clean end. The names are fixed for ever: they are values in observations. */
export type CaptureFault =
  /** Not a single byte. */
  | "file_empty"
  /** Neither pcap nor pcapng, plain or compressed. */
  | "format_unknown"
  /** A version of the format that has other records. */
  | "version_unknown"
  /** The file ends inside its header. */
  | "header_cut"
  /** The file ends inside a packet record or block. */
  | "record_cut"
  /** A packet longer than any capture holds: the length field is garbage. */
  | "record_too_long"
  /** pcapng: a block's length is impossible, or its two copies differ. */
  | "block_length"
  /** pcapng: a packet of an interface that no block described. */
  | "interface_unknown"
  /** pcapng: more interfaces than any machine has. */
  | "interfaces_too_many"
  /** The compressed data ends early, or is damaged. */
  | "compressed_cut"
  | "compressed_damaged"
  /** zstd needs Node 22.15. */
  | "compression_unsupported"
  /** The system could not read on. */
  | "read_failed";

/** Longest captured packet believed, as libpcap and Wireshark have it. */
export const MAX_CAPTURED_BYTES = 262_144;
