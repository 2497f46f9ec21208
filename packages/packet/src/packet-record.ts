/**
 * The compact record a captured IP packet becomes: a run of 32-bit words in an Int32Array, written by the dissector,
 * carried through the ring and read by the analysis. No object is made per packet.
 *
 * Words are in the machine's byte order. Addresses are their bytes read as big-endian words, so that comparing words
 * compares addresses; IPv4 uses the first word only and leaves the other three 0. Words of another protocol than the
 * record's are left as they were and must not be read.
 */

/**
 * Words in the whole record, payload included. An even number, so that records begin on 8 bytes wherever they are copied
 * to: into shared memory V8 copies 8 bytes at once only where both ends lie so, and else byte by byte.
 */
export const LENGTH = 0;
/** FLAG_* bits below, and the kind in the two top bits. */
export const FLAGS = 1;
/** Number of the interface in the probe's list. */
export const INTERFACE = 2;
/** Seconds since the epoch, unsigned. */
export const SECONDS = 3;
/** 0 .. 999999999. */
export const NANOS = 4;
/** Length of the frame on the wire. */
export const FRAME_BYTES = 5;
/** With FLAG_INNER: number of the tunnel (VNI, GRE key, session), unsigned; 0: it has none. */
export const TUNNEL = FRAME_BYTES;
/** IP total length; IPv6: payload length + 40. */
export const IP_BYTES = 6;
/** Protocol (after IPv6 extension headers) | ToS or traffic class << 8 | TTL or hop limit << 16. */
export const PROTOCOL_TOS_TTL = 7;
/** Outermost VLAN id, 0 for untagged. */
export const VLAN = 8;
/** Four words. */
export const SOURCE = 9;
/** Four words. */
export const DESTINATION = 13;
/**
 * TCP, UDP: source port << 16 | destination port. Valid with FLAG_PORTS, else 0.
 * ICMP: type << 8 | code. Valid with FLAG_TRANSPORT.
 */
export const PORTS = 17;
/** IPv4 identification, or the identification of an IPv6 fragment header. */
export const IDENTIFICATION = 18;
/** Offset of this fragment in the datagram, bytes. */
export const FRAGMENT_OFFSET = 19;
/**
 * Transport payload by the length fields, not by what was captured; of a fragment, what this fragment carries of it.
 * Without FLAG_TRANSPORT: the IP payload, behind IPv6 extension headers; but of TCP with FLAG_PORTS what a header length
 * that cannot be leaves, and 0 where none was captured.
 */
export const PAYLOAD_BYTES = 20;
export const TCP_SEQUENCE = 21;
/** ICMP: the last four bytes of its header. Echo: identifier << 16 | sequence number. */
export const ICMP_REST = TCP_SEQUENCE;
export const TCP_ACKNOWLEDGEMENT = 22;
/** TCP flags (9 bits, FIN = 1) | window << 16. */
export const TCP_FLAGS_WINDOW = 23;
/** MSS | window scale << 16 (255: no such option) | number of SACK blocks << 24. MSS 0: no such option. */
export const TCP_OPTIONS = 24;
/** Up to four SACK blocks, left and right edge. */
export const TCP_SACK = 25;
export const TCP_TIMESTAMP = 33;
export const TCP_TIMESTAMP_ECHO = 34;
/** With FLAG_COPY: nanoseconds since the first of the equal frames, of which each came within the window after another. */
export const COPY_AGE = 35;
/** Of a fragment without FLAG_COPY: bytes of the datagram that it carries. */
export const FRAGMENT_BYTES = COPY_AGE;
/** With FLAG_COPY: half of the fingerprint that equal frames have in common. */
export const FINGERPRINT = 36;
/** Bit n: flow class n may take the packet; the analysis decides where ports of fragments matter. */
export const CLASSES = 37;
/** Bytes of captured transport payload that follow, from word PAYLOAD on. */
export const CAPTURED_PAYLOAD = 38;
/** UDP checksum or TCP checksum as captured. */
export const CHECKSUM = 39;
/** First word of the copied payload. */
export const PAYLOAD = 40;

export const FLAG_IPV6 = 1 << 0;
/** Any fragment, the first one too. */
export const FLAG_FRAGMENT = 1 << 1;
/** More fragments follow. */
export const FLAG_MORE = 1 << 2;
/** The transport header was captured and decoded whole: what belongs to the protocol is valid. TCP, UDP, ICMP. */
export const FLAG_TRANSPORT = 1 << 3;
/** Fewer bytes were captured than the IP length says. */
export const FLAG_CUT = 1 << 4;
/** The timestamp was out of range and has been replaced. */
export const FLAG_BAD_TIME = 1 << 5;
export const FLAG_SACK_PERMITTED = 1 << 6;
export const FLAG_TCP_TIMESTAMPS = 1 << 7;
/** The IP header was found inside a tunnel. */
export const FLAG_INNER = 1 << 8;
/**
 * PORTS holds the ports of a TCP or UDP packet. Stands with FLAG_TRANSPORT, and without it where the ports were captured
 * but the rest of the header is cut or malformed, or were learned from the first fragment of the datagram.
 */
export const FLAG_PORTS = 1 << 9;
/** Another IP header was found inside this packet; the record of that one (FLAG_INNER) follows. */
export const FLAG_OUTER = 1 << 10;
/** Of a KIND_CLOCK record: what follows was matched by the flow classes of the next configuration. */
export const FLAG_SWITCH = 1 << 11;
/** An equal frame came shortly before: this one may be its copy, or have been sent again. The analysis decides. */
export const FLAG_COPY = 1 << 13;
/** The record of the packet around this one (FLAG_INNER) went before, and counts the frame. */
export const FLAG_COUNTED = 1 << 14;
/**
 * A copy of an earlier frame, as a mirror port makes them: set by the analysis before anything measures the packet. It
 * counts as a packet; TCP metrics, transactions and one-way verdicts leave it out.
 */
export const FLAG_DUPLICATE = 1 << 12;

/** The kind of a ring record, the two top bits of FLAGS. */
export const KIND_SHIFT = 30;
export const KIND_PACKET = 0;
/** Capture statistics of one interface and interval: a JSON text as payload (see probe, capture-statistics.ts). */
export const KIND_STATISTICS = 1;
/** Nothing but a time: everything captured before it has been passed on. */
export const KIND_CLOCK = 2;
/** Last record of all: every source has ended. */
export const KIND_END = 3;
