/** What the configuration of a test's site says. */
export interface SiteSettings {
  /** Everything of the site lies here. */
  readonly folder: string;
  readonly collector: string;
  /** UDP port of the collector on loopback. */
  readonly port: number;
  readonly probes: readonly string[];
  /** Of each probe to the collector, as in the XML. */
  readonly rate: string;
}

/**
 * The XML of a site. The class `all` is the account, as it is shipped, with everything measured; the class `tuples` tells
 * every pair of addresses and ports apart.
 */
export function siteXml({ folder, collector, port, probes, rate }: SiteSettings): string {
  const probe = (name: string) => `
    <probe name="${name}" keyFile="${folder}/site.key" spoolDir="${folder}/spool-${name}">
      <interface name="tap"/>
      <sendTo collector="${collector}" rate="${rate}"/>
    </probe>`;
  return `<trafMon site="end to end">
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
      <identities/>
      <objective name="names-there" metric="answered" protocol="dns" target="50%" samples="1" measured="0.01%"/>
      <objective name="tcp-clean" metric="retransmitted" target="0%" samples="1" measured="0.01%"/>
    </flowClass>
    <flowClass name="tuples">
      <match><any/></match>
      <partition addresses="host" protocol="yes" ports="yes" twoWay="yes"/>
      <ipCounters/>
    </flowClass>
  </flowClasses>
</trafMon>
`;
}
