import type { Ledger } from "../ledger/ledger.ts";

/** What crafted traffic is written down in: a ledger, or the sums of a dry run. */
export type Account = Pick<Ledger, "flow" | "packet" | "seen" | "verdict" | "transaction" | "transfer" | "connection">;
