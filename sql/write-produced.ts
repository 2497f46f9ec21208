/** Writes the files of sql/ that are produced: `node --import tsx --conditions=source sql/write-produced.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { templateScript } from "@trafmon/database";

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** `protocol_table` as etc/services.tsv has it. Rows that exist stay: they may have been tuned. */
export function protocolTableSeed(services: string): string {
  const rows = services
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [protocol, port, service, precedence] = line.split("\t");
      return `  (${PROTOCOLS[protocol!]}, ${port}, '${service}', ${precedence})`;
    });
  return [
    "-- Produced from etc/services.tsv. Rows that exist stay: they may have been tuned.",
    "INSERT IGNORE INTO protocol_table (protocol, port, service, precedence)",
    "VALUES",
    `${rows.join(",\n")};`,
    "",
  ].join("\n");
}

export const produced = {
  seed: fileURLToPath(new URL("seed/protocol_table.sql", import.meta.url)),
  template: fileURLToPath(new URL("trafMon_templateDB.sql", import.meta.url)),
  services: fileURLToPath(new URL("../etc/services.tsv", import.meta.url)),
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(produced.seed, protocolTableSeed(readFileSync(produced.services, "utf8")));
  writeFileSync(produced.template, templateScript());
}
