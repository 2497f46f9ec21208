export { Dissector } from "./dissect/dissector.ts";
export type { FrameWalk } from "./dissect/frame-walk.ts";
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
