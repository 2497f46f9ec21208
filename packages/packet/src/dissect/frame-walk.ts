/**
 * Where the dissection of a frame stands. One object is used again for every frame.
 *
 *     position            capturedEnd      wireEnd
 *        |                     |              |
 *     ---+---------------------+--------------+
 *        | bytes in memory     | cut off by the snap length
 *
 * All are offsets into `bytes`; nothing at or beyond `capturedEnd` is ever read. `wireEnd` is where the frame ended on
 * the wire, or where a length field of a lower layer (802.3, PPPoE) says that its payload ends.
 */
export class FrameWalk {
  bytes: Uint8Array = new Uint8Array(0);
  position = 0;
  capturedEnd = 0;
  wireEnd = 0;
  /** Outermost VLAN id, 0 for none; `tagged` tells a tag of VLAN 0 from none. */
  vlan = 0;
  tagged = false;
  /** Frames nested in frames so far. */
  depth = 0;
  /** Offset of the IP header. */
  networkAt = 0;
  /** Offset where the captured bytes of the IP packet end; what follows is padding. */
  networkEnd = 0;
  /** Last next-header value of IPv6. */
  protocol = 0;
  /** Offset of the transport header, or of what a later fragment carries. */
  transportAt = 0;
  /** Offset of the transport payload, or of the IP payload where no transport header was decoded. */
  payloadAt = 0;
  /** What is wrong inside the IP packet: a reason of verdict.ts, 0 for nothing. */
  malformed = 0;
}
