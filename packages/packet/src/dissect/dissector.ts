import { LINK_ETHERNET } from "../link-type.ts";
import * as record from "../packet-record.ts";
import { FrameWalk } from "./frame-walk.ts";
import { dissectIpv4 } from "./ipv4.ts";
import { dissectIpv6 } from "./ipv6.ts";
import { walkLink } from "./link-layer.ts";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from "./link-tags.ts";

/** Lengths beyond are garbage; up to here they fit the record's words. */
const LONGEST_FRAME = 0x7fffffff;

/**
 * Turns frames into packet records (packet-record.ts), straight from the bytes: no object is made per frame, nothing is
 * thrown, nothing is read beyond the captured bytes.
 *
 * The outermost IP header is the packet: VLAN tags, MPLS labels, PPPoE, LLC and the like are skipped, and an IP header
 * inside the packet (a tunnel, or what an ICMP error quotes) is none.
 */
export class Dissector {
  /** Where the headers and the payload of the last packet lie, and what is wrong inside it. */
  readonly walk = new FrameWalk();

  /**
   * Dissects the frame that begins at `offset`, of which `capturedBytes` are in `bytes` and which had `wireBytes` on the
   * wire. Returns IP_PACKET with the record written at `at`, save INTERFACE, SECONDS, NANOS, CLASSES and what else the
   * capture stage knows; or another verdict of verdict.ts, and then the words at `at` are undefined.
   *
   * `out` needs room for PAYLOAD words.
   */
  dissect(
    bytes: Uint8Array,
    offset: number,
    capturedBytes: number,
    wireBytes: number,
    linkType: number,
    out: Int32Array,
    at: number,
  ): number {
    const walk = this.walk;
    // Some writers put a wire length below the captured one; what was captured was there.
    const frameBytes = Math.max(Math.min(wireBytes, LONGEST_FRAME), capturedBytes);
    walk.bytes = bytes;
    walk.capturedEnd = offset + capturedBytes;
    walk.wireEnd = offset + frameBytes;
    walk.vlan = 0;
    walk.tagged = false;
    walk.depth = 0;
    out[at + record.FRAME_BYTES] = frameBytes;

    let type = 0;
    if (linkType === LINK_ETHERNET && capturedBytes >= 14) {
      type = (bytes[offset + 12]! << 8) | bytes[offset + 13]!;
      walk.position = offset + 14;
    }
    if (type !== ETHERTYPE_IPV4 && type !== ETHERTYPE_IPV6) {
      walk.position = offset;
      type = walkLink(walk, linkType);
    }
    if (type === ETHERTYPE_IPV4) return dissectIpv4(walk, out, at);
    if (type === ETHERTYPE_IPV6) return dissectIpv6(walk, out, at);
    return type;
  }
}
