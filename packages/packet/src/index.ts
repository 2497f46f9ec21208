export { addressBytes } from "@trafmon/address";
export { internetChecksum, sumWords } from "./build/checksum.ts";
export { ethernet, ethernetIp, type Tag, vlanTag } from "./build/frame.ts";
export { type Ipv4Fields, type Ipv6Fields, ipv4, ipv6 } from "./build/ip-packet.ts";
export {
  type IpPayload,
  icmp,
  icmpv6,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  type TcpFields,
  tcp,
  udp,
} from "./build/transport-header.ts";
export { Dissector } from "./dissect/dissector.ts";
export type { FrameWalk } from "./dissect/frame-walk.ts";
export { isRestOfTunnel, TunnelDissector } from "./dissect/tunnel.ts";
export {
  IP_PACKET,
  isUndecodable,
  MALFORMED_REASONS,
  malformedName,
  NON_IP_ETHERTYPE,
  verdictName,
} from "./dissect/verdict.ts";
export * from "./link-type.ts";
export * from "./packet-record.ts";
export type { CaptureFault } from "./read/capture-fault.ts";
export { MAX_CAPTURED_BYTES } from "./read/capture-fault.ts";
export type { FrameReader } from "./read/frame-reader.ts";
export { FIRST_GOOD_S, FrameTime, LAST_GOOD_S } from "./read/frame-time.ts";
export { openCapture, openCapturePipe } from "./read/open-capture.ts";
export { type PcapOptions, PcapWriter, pcapFileHeader } from "./write/pcap-writer.ts";
export { PcapngBlocks } from "./write/pcapng-blocks.ts";
