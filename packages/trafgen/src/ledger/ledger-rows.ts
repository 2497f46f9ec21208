import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unescapeText } from "@trafmon/observation";

export type LedgerFile = "packets" | "flows" | "transactions" | "transfers" | "connections" | "verdicts";

/** A line by column names; null where the file has `\N`. */
export type LedgerRow = Readonly<Record<string, string | null>>;

/** All lines of one file of a ledger, for tests and comparisons. */
export function ledgerRows(folder: string, file: LedgerFile): LedgerRow[] {
  const [header = "", ...lines] = readFileSync(join(folder, `${file}.tsv`), "utf8").split("\n");
  const columns = header.split("\t");
  // The file ends with a newline.
  return lines.slice(0, -1).map((line) => {
    const fields = line.split("\t");
    return Object.fromEntries(
      columns.map((column, i) => [column, fields[i] === "\\N" ? null : unescapeText(fields[i] ?? "")]),
    );
  });
}
