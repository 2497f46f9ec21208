import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Programs that take rwfilter's and rwcut's switches and print as their manuals document, for a repository of text files.
 * SiLK itself is in no Debian release, so nothing here shows that the real programs do the same; the switches are checked
 * one by one so that at least we ask for what is documented.
 *
 *   root/2026/11/21/12   an hour's flows, `sensor,class/type,sIP,dIP,sPort,dPort,protocol,packets,bytes,flags,sTime,eTime,in,out`
 */
export function writeSilkTools(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of [
    ["rwfilter", RWFILTER],
    ["rwcut", RWCUT],
  ] as const) {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  }
}

const SWITCHES = `
function switches(names) {
  const given = {};
  for (const word of process.argv.slice(2)) {
    const match = /^--([a-z0-9-]+)(?:=(.*))?$/.exec(word);
    if (match === null || !names.includes(match[1])) {
      console.error(process.argv[1].split("/").pop() + ": unrecognized option '" + word + "'");
      process.exit(1);
    }
    given[match[1]] = match[2] ?? true;
  }
  return given;
}
`;

const RWFILTER = `#!/usr/bin/env node
${SWITCHES}
const { existsSync, readFileSync } = require("node:fs");
const given = switches(["site-config-file", "data-rootdir", "flowtypes", "start-date", "end-date", "protocol", "pass-destination"]);
if (given["pass-destination"] !== "stdout" || given.protocol !== "0-255" || given.flowtypes !== "all/all") process.exit(1);
if (given["site-config-file"] && !existsSync(given["site-config-file"])) {
  console.error("rwfilter: cannot open site configuration");
  process.exit(1);
}
const hourOf = (text) => Date.parse(text.slice(0, 10).replaceAll("/", "-") + "T" + text.slice(11) + ":00:00Z") / 3600000;
for (let hour = hourOf(given["start-date"]); hour <= hourOf(given["end-date"]); hour++) {
  const iso = new Date(hour * 3600000).toISOString();
  const path = given["data-rootdir"] + "/" + iso.slice(0, 10).replaceAll("-", "/") + "/" + iso.slice(11, 13);
  if (existsSync(path)) process.stdout.write(readFileSync(path));
}
`;

const RWCUT = `#!/usr/bin/env node
${SWITCHES}
const given = switches(["site-config-file", "fields", "delimited", "timestamp-format", "ip-format", "ipv6-policy", "integer-sensors", "integer-tcp-flags"]);
if (given["timestamp-format"] !== "epoch" || !given["integer-sensors"] || !given["integer-tcp-flags"]) process.exit(1);
const stored = ["sensor", "flowtype", "sIP", "dIP", "sPort", "dPort", "protocol", "packets", "bytes", "flags", "sTime", "eTime", "in", "out"];
const fields = given.fields.split(",");
process.stdout.write(fields.join(given.delimited) + "\\n");
let text = "";
process.stdin.on("data", (part) => { text += part; });
process.stdin.on("end", () => {
  for (const line of text.split("\\n")) {
    if (line === "") continue;
    const values = line.split(",");
    process.stdout.write(fields.map((field) => values[stored.indexOf(field)]).join(given.delimited) + "\\n");
  }
});
`;
