// The settings of a demo: one collector, one probe, everything measured.
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths, root } from "./demo-folder.mjs";

export const COLLECTOR = "TMonServer";
export const DATABASE = "trafMon";

/**
 * `probes`: a name and an interface each; packets are said to be captured on it, and in a live demo are.
 * @param {{ probes: { name: string, interfaceName: string }[], socket: string }} what
 */
export async function writeSettings({ probes, socket }) {
  writeSecret(paths.key, `${randomBytes(32).toString("hex")}\n`);
  writeSecret(paths.credentials, `[database]\nsocket = ${socket}\nuser = root\ndatabase = ${DATABASE}\n`);
  writeFileSync(paths.configuration, configurationText({ probes, port: await freePort() }));
  copyFileSync(join(root, "etc/services.tsv"), join(paths.etc, "services.tsv"));
  const sampleIni = join(root, "samples/ipInfo.ini");
  if (existsSync(sampleIni)) copyFileSync(sampleIni, paths.ipInfo);
  else writeFileSync(paths.ipInfo, "# No ranges are known.\n");
}

function writeSecret(path, text) {
  writeFileSync(path, text, { mode: 0o600 });
}

function configurationText({ probes, port }) {
  const probe = ({ name, interfaceName }) => `
    <probe name="${name}" keyFile="${paths.key}" spoolDir="${paths.spool}/">
      <interface name="${interfaceName}"/>
      <sendTo collector="${COLLECTOR}" rate="1Gbit"/>
    </probe>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by npm run demo. etc/xml/tmon.xml is the one to start from, docs/configuration.md explains it. -->
<trafMon site="Demo">
  <collectors>
    <collector name="${COLLECTOR}" listen="127.0.0.1:${port}" logDir="${paths.logs}/" stateDir="${paths.state}/"/>
  </collectors>
  <probes>${probes.map(probe).join("")}
  </probes>
  <flowClasses>
    <flowClass name="all" account="yes">
      <match><any/></match>
      <partition addresses="host" protocol="yes" service="yes" twoWay="yes"/>
      <ipCounters/>
      <ipSizes bounds="64 128 256 512 1024 1280 1500"/>
      <icmpCounters/>
      <udpCounters/>
      <tcpCounters/>
      <tcpConnections/>
      <ftpCounters/>
      <ftpTransfers/>
      <twoWayDelays/>
      <transactions/>
    </flowClass>
  </flowClasses>
</trafMon>
`;
}

/** A UDP port that nobody listens on, so that a collector of the machine is left alone. */
function freePort() {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.on("error", reject);
    socket.bind(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
