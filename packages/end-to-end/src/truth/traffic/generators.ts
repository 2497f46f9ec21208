import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../site/built-programs.ts";
import type { Namespace } from "../network/namespace.ts";
import { CLIENT, SERVER } from "../network/truth-network.ts";

const LIMIT_MS = 240_000;

/** Crafted datagrams to a port where they are taken and thrown away: a closed one would answer. */
const scenario = (port: number) => `<trafgen title="truth bench" seed="7">
  <traffic>
    <stream name="mixed" from="${CLIENT.ipv4.join(" ")}" to="${SERVER.ipv4.join(" ")}" fromPort="20000-20009"
      toPort="${port}" rate="400pps" packets="600" dscp="ef"><imix/></stream>
    <stream name="uneven" from="${CLIENT.ipv6[0]}" to="${SERVER.ipv6[0]}" fromPort="21000-21003"
      toPort="${port}" rate="200pps" arrivals="poisson" packets="300"><uniformSize from="100" to="1400"/></stream>
  </traffic>
</trafgen>
`;

/** `trafgen` sends crafted packets out of the client's interface. */
export async function runTrafgen(space: Namespace, folder: string, routerMac: string, port: number): Promise<string> {
  mkdirSync(folder);
  const xml = join(folder, "truth.xml");
  const ledger = join(folder, "ledger");
  writeFileSync(xml, scenario(port));
  const target = ["-i", "eth0", "--destination-mac", routerMac];
  await run(space, "main", ["--json", "-c", xml, ...target, "-D", ledger, "truth"]);
  return ledger;
}

/** `ftpgen` uploads and downloads over several connections at once. @returns folders of its ledgers */
export async function runFtpgen(space: Namespace, folder: string): Promise<string[]> {
  mkdirSync(folder);
  const [up, down] = [join(folder, "up"), join(folder, "down")];
  const file = join(folder, "totransfer.tar");
  const words = ["--json", "--repeat", "2"];
  const upload = ["--make-file", "150kB", "--remote", "upload/gen.%n", "--source", CLIENT.ipv4[1]];
  await run(space, "ftpgen-main", [
    ...words,
    ...upload,
    "--ledger",
    up,
    SERVER.ipv4[1],
    "trafgen",
    "trafgen",
    "3",
    file,
  ]);
  const download = ["--direction", "get", "--mode", "eprt", "--source", CLIENT.ipv6[1]];
  await run(space, "ftpgen-main", [
    ...words,
    ...download,
    "--ledger",
    down,
    SERVER.ipv6[1],
    "trafgen",
    "trafgen",
    "2",
    "64k.bin",
  ]);
  return [up, down];
}

async function run(space: Namespace, main: string, args: readonly string[]): Promise<void> {
  const program = join(ROOT, `packages/trafgen/bundle/${main}.js`);
  const [command, ...words] = [...space.within, process.execPath, program, ...args];
  await promisify(execFile)(command!, words, { timeout: LIMIT_MS, maxBuffer: 16 << 20 }).catch((error) => {
    throw new Error(`${main} ended with ${error.code}: ${error.stderr || error.message}`);
  });
}
