import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLog, systemClock } from "@trafmon/runtime";
import { readTrafgenOptions } from "../options.ts";
import { readScenario } from "../scenario/read-scenario.ts";
import { Trafgen } from "../trafgen.ts";

export interface MadeCapture {
  /** The capture file; of several hops, the name that theirs are made of. */
  readonly path: string;
  /** Folder of the ledger. */
  readonly ledger: string;
  readonly printed: string;
}

let made = 0;

/** Lets trafgen write a scenario, given as text or as the path of a file, into a capture file in the folder. */
export async function makeCapture(folder: string, scenario: string, ...more: readonly string[]): Promise<MadeCapture> {
  const name = `made-${++made}`;
  const path = join(folder, `${name}.pcap`);
  const ledger = join(folder, `${name}.ledger`);
  const xml = scenario.startsWith("<") ? join(folder, `${name}.xml`) : scenario;
  if (xml !== scenario) writeFileSync(xml, scenario);
  let printed = "";
  const trafgen = new Trafgen({
    options: readTrafgenOptions(["-c", xml, "-w", path, "-D", ledger, ...more, name]),
    scenario: readScenario(xml),
    clock: systemClock,
    log: createLog({ program: "trafgen", write: () => {} }).log,
    credentials: { ftpPassword: "", snmpCommunity: "" },
    stopping: new AbortController().signal,
    print: (text) => {
      printed += text;
    },
  });
  await trafgen.send();
  return { path, ledger, printed };
}
