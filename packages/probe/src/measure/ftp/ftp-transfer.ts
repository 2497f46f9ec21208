import type { observationTypes, RecordOf } from "@trafmon/observation";
import type { Instant } from "../tcp/connection-watch.ts";
import type { DataOffer } from "./data-offer.ts";

type Record = RecordOf<typeof observationTypes.ftptf>;
export type TransferCommand = Record["command"];
export type TransferOutcome = Record["outcome"];

const COMMANDS: ReadonlySet<string> = new Set<TransferCommand>([
  "RETR",
  "STOR",
  "APPE",
  "STOU",
  "LIST",
  "NLST",
  "MLSD",
]);

export function isTransferCommand(verb: string): verb is TransferCommand {
  return COMMANDS.has(verb);
}

/** Whether the client sends the data. */
export function isUpload(command: TransferCommand): boolean {
  return command === "STOR" || command === "APPE" || command === "STOU";
}

/** What the control connection says of the end of a transfer. "unknown": its final reply was not seen. */
export type TransferEnd = "complete" | "failed" | "aborted" | "unknown";

/** One transfer of a session, from its command to its record. */
export interface FtpTransfer {
  readonly command: TransferCommand;
  path: string | null;
  /** User logged in at its command; null: not known. */
  user: string | null;
  restartOffset: number;
  readonly commanded: Instant;
  /** What its data go by, once that is known. */
  offer: DataOffer | null;
  /** A preliminary reply was seen. */
  isUnderWay: boolean;
  /** The client asked to break it off. */
  isAborting: boolean;
  /** null: it is not over yet. */
  end: TransferEnd | null;
  replied: Instant | null;
  replyCode: number | null;
  /** Second of the source clock at its end. */
  endedS: number;
}

/** What became of a transfer that is over, by both its connections. */
export function outcomeOf({ end, offer }: FtpTransfer): TransferOutcome {
  if (end !== "complete") return end ?? "unknown";
  return (offer?.connection ?? null) === null ? "data connection unseen" : "complete";
}
