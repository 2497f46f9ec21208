export { CollectorLink, type CollectorLinkOptions } from "./collector-link.ts";
export { CollectorSession, type CollectorSessionOptions } from "./collector-session.ts";
export { gapPdu } from "./gap-pdu.ts";
export { type OutgoingPdu, outgoingPdu, type PduOutlet } from "./outgoing-pdu.ts";
export { RunSender, type RunSenderOptions, type SendingState } from "./run-sender.ts";
export { Spool, type SpoolOptions } from "./spool.ts";
export { SpoolBudget } from "./spool-budget.ts";
export { fillHoles } from "./spool-holes.ts";
export { TokenBucket } from "./token-bucket.ts";
