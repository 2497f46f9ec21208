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

/** What differs between the configurations of two benches. */
export interface SiteMeasurements {
  readonly site: string;
  /** Interface of a probe. */
  readonly device: (probe: string) => string;
  /** Elements of the account `all` after those of every measurement. */
  readonly ofAll: readonly string[];
  /** Elements of the class `tuples`, which tells every pair of addresses and ports apart. */
  readonly ofTuples: readonly string[];
}

const END_TO_END: SiteMeasurements = {
  site: "end to end",
  device: () => "tap",
  ofAll: [
    `<identities/>`,
    `<objective name="names-there" metric="answered" protocol="dns" target="50%" samples="1" measured="0.01%"/>`,
    `<objective name="tcp-clean" metric="retransmitted" target="0%" samples="1" measured="0.01%"/>`,
  ],
  ofTuples: ["<ipCounters/>"],
};

/** The account as it is shipped, with everything that one probe measures. */
const EVERYTHING = [
  `<ipCounters/>`,
  `<ipSizes bounds="64 128 256 512 1024 1280 1500"/>`,
  `<icmpCounters/>`,
  `<udpCounters/>`,
  `<tcpCounters/>`,
  `<tcpConnections/>`,
  `<ftpCounters/>`,
  `<ftpTransfers/>`,
  `<twoWayDelays/>`,
  `<transactions/>`,
];

/** The XML of a site with the classes `all` and `tuples`. */
export function siteXml(settings: SiteSettings, measurements: SiteMeasurements = END_TO_END): string {
  const { folder, collector, port, probes, rate } = settings;
  const { site, device, ofAll, ofTuples } = measurements;
  const lines = (elements: readonly string[]) => elements.join("\n      ");
  const probe = (name: string) => `
    <probe name="${name}" keyFile="${folder}/site.key" spoolDir="${folder}/spool-${name}">
      <interface name="${device(name)}"/>
      <sendTo collector="${collector}" rate="${rate}"/>
    </probe>`;
  return `<trafMon site="${site}">
  <collectors>
    <collector name="${collector}" listen="127.0.0.1:${port}" logDir="${folder}/logs" stateDir="${folder}/state"/>
  </collectors>
  <probes>${probes.map(probe).join("")}
  </probes>
  <flowClasses>
    <flowClass name="all" account="yes">
      <match><any/></match>
      <partition addresses="host" protocol="yes" service="yes" twoWay="yes"/>
      ${lines([...EVERYTHING, ...ofAll])}
    </flowClass>
    <flowClass name="tuples">
      <match><any/></match>
      <partition addresses="host" protocol="yes" ports="yes" twoWay="yes"/>
      ${lines(ofTuples)}
    </flowClass>
  </flowClasses>
</trafMon>
`;
}
