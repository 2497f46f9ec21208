import type { SiteSettings } from "../site/site-settings.ts";
import { TAPS, type Tap } from "./network/truth-network.ts";

/** Each scene has probes of its own, so that what is compared is the scene's alone. */
export const probeName = (scene: string, tap: Tap): string => `${scene}-${tap}`;

export const probeNames = (scenes: readonly string[]): string[] =>
  scenes.flatMap((scene) => TAPS.map((tap) => probeName(scene, tap)));

/** The XML of the truth bench: everything is measured, and a second class tells every tuple apart. */
export function truthXml(devices: Readonly<Record<Tap, string>>, settings: SiteSettings): string {
  const { folder, collector, port, probes, rate } = settings;
  // Those that replay have no tap; their interface is a name only.
  const device = (name: string) => devices[TAPS.find((tap) => name.endsWith(`-${tap}`)) ?? "near"];
  const probe = (name: string) => `
    <probe name="${name}" keyFile="${folder}/site.key" spoolDir="${folder}/spool-${name}">
      <interface name="${device(name)}"/>
      <sendTo collector="${collector}" rate="${rate}"/>
    </probe>`;
  return `<trafMon site="truth">
  <collectors>
    <collector name="${collector}" listen="127.0.0.1:${port}" logDir="${folder}/logs" stateDir="${folder}/state"/>
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
    <flowClass name="tuples">
      <match><any/></match>
      <partition addresses="host" protocol="yes" ports="yes" twoWay="yes"/>
      <ipCounters/>
      <tcpCounters/>
    </flowClass>
  </flowClasses>
</trafMon>
`;
}
