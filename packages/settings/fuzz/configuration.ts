import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfiguration, SettingsInvalid } from "../src/index.ts";

const SHIPPED = readFileSync(join(import.meta.dirname, "../../../etc/xml/tmon.xml"));

/** Input: a configuration file. */
export const target = {
  name: "configuration",
  seeds: (): Iterable<Uint8Array> => [SHIPPED],
  tokens: [
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x ?>",
    "<!DOCTYPE a [",
    '<!ENTITY a "b">',
    "&amp;",
    "&#0;",
    "&#x10ffff;",
    "/>",
    "<any/>",
    "<not>",
    "</not>",
    "<and>",
    "</and>",
    ' filter="',
    ' interval="60s"',
    ' listen="[::1]:1"',
    ' account="yes"',
  ].map((text) => Buffer.from(text)),
  run(input: Uint8Array): void {
    try {
      parseConfiguration(input, "tmon.xml");
    } catch (error) {
      if (!(error instanceof SettingsInvalid)) throw error;
    }
  },
  mostSteps: (bytes: number): number => 200_000 + 600 * bytes,
};
