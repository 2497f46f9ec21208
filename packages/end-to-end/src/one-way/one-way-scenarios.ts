import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgramToEnd } from "../site/built-programs.ts";
import type { SiteSettings } from "../site/site-settings.ts";

/** Where packets are watched: a site, two ways between, and the other site. Their numbers in the class are 1 to 4. */
export const PLACES = ["office", "backbone", "satellite", "centre"] as const;
export type Place = (typeof PLACES)[number];

/** What crafted traffic passes: places in the order of travel, and the ledger that says what became of it. */
export interface CraftedWay {
  readonly name: string;
  readonly places: readonly Place[];
  readonly ledger: string;
}

/** Packets of a host that no class watches: by them the probes know the time before and after what is measured. */
const clockStream = (host: number, seconds: number) =>
  `<stream name="clock" from="192.0.2.${host}" to="198.51.100.${host}" rate="5pps" duration="${seconds}s">
     <fixedSize bytes="60"/></stream>`;

/**
 * Three sorts of traffic: past the backbone, both ways, with loss behind it, packets the tap overlooked, packets that
 * overtake each other, copies, and a clock that is 2 ms behind; past a satellite, its clock a second ahead of nobody but
 * late enough to make latencies negative; and packets that come in at the backbone, never seen at the office.
 */
function scenarios(seconds: number): Record<string, { places: readonly Place[]; xml: string }> {
  const whole = seconds + 15;
  return {
    ground: {
      places: ["office", "backbone", "centre"],
      xml: `<trafgen title="ground" seed="30"><path><hop name="office"/>
        <hop name="backbone" delay="4ms" jitter="300us" loss="0.5%" missed="1%" routers="1"/>
        <hop name="centre" delay="11ms" jitter="2ms" loss="3%" duplicates="1%" reordered="2%" reorderedBy="5ms"
          clockOffset="-2ms" routers="2"/></path>
      <traffic>${clockStream(1, whole)}
        <stream name="voice" from="10.20.1.11" to="10.20.2.60" toPort="16384" start="5s" rate="50pps"
          duration="${seconds}s"><fixedSize bytes="200"/></stream>
        <stream name="telemetry" from="fd20:1::11" to="fd20:2::60" toPort="9000" start="5s" rate="20pps"
          arrivals="poisson" duration="${seconds}s"><uniformSize from="90" to="1280"/></stream>
        <stream name="large" from="10.20.1.12" to="10.20.2.60" toPort="9001" start="5s" rate="2pps"
          duration="${seconds}s"><fixedSize bytes="4000"/></stream>
        <ping name="echo" from="10.20.1.5" to="10.20.2.1" start="5s" count="${seconds}" every="1s"/>
        <http name="pages" from="10.20.1.13" to="10.20.2.80" start="5s" count="${Math.floor(seconds / 6)}" every="5s"
          responseBytes="5kB-50kB"/></traffic></trafgen>`,
    },
    space: {
      places: ["office", "satellite", "centre"],
      xml: `<trafgen title="space" seed="31"><path><hop name="office"/>
        <hop name="satellite" delay="250ms" jitter="1ms" clockOffset="-300ms" missed="2%"/>
        <hop name="centre" delay="250ms" jitter="1ms" loss="5%" clockOffset="-2ms"/></path>
      <traffic>${clockStream(2, whole)}
        <stream name="images" from="10.20.1.21" to="10.20.2.61" toPort="9002" start="5s" rate="20pps"
          duration="${seconds}s"><uniformSize from="500" to="1400"/></stream></traffic></trafgen>`,
    },
    injected: {
      places: ["backbone", "centre"],
      xml: `<trafgen title="injected" seed="32"><path><hop name="backbone"/>
        <hop name="centre" delay="11ms" jitter="2ms" loss="10%" clockOffset="-2ms"/></path>
      <traffic>${clockStream(3, whole)}
        <stream name="strangers" from="10.20.1.66" to="10.20.2.66" toPort="9003" start="5s" rate="5pps"
          duration="${seconds}s"><fixedSize bytes="100"/></stream></traffic></trafgen>`,
    },
  };
}

/** Crafts the traffic: a capture file for each scenario and place. `seconds`: how long what is measured lasts. */
export async function craftWays(folder: string, seconds: number): Promise<readonly CraftedWay[]> {
  const ways: CraftedWay[] = [];
  for (const [name, { places, xml }] of Object.entries(scenarios(seconds))) {
    const ledger = join(folder, `${name}.ledger`);
    writeFileSync(join(folder, `${name}.xml`), xml);
    const args = ["-c", join(folder, `${name}.xml`), "-w", join(folder, `${name}.pcap`), "-D", ledger, name];
    const { exitCode, stderr } = await runProgramToEnd("trafgen", args);
    if (exitCode !== 0) throw new Error(`trafgen ended with ${exitCode}: ${stderr}`);
    ways.push({ name, places, ledger });
  }
  return ways;
}

/** Capture files of a place. */
export function capturesAt(folder: string, ways: readonly CraftedWay[], place: Place): string[] {
  return ways.filter(({ places }) => places.includes(place)).map(({ name }) => join(folder, `${name}.${place}.pcap`));
}

/**
 * A probe at each place. The class `way` is one direction, over the backbone or the satellite; `back` the other, which
 * takes the backbone only, with everything in records of its own.
 */
export function oneWayXml({ folder, collector, port, rate }: SiteSettings): string {
  const probe = (name: string) => `
    <probe name="${name}" keyFile="${folder}/site.key" spoolDir="${folder}/spool-${name}" duplicates="ignore">
      <interface name="tap"/><sendTo collector="${collector}" rate="${rate}"/></probe>`;
  const hops = (places: readonly string[]) => places.map((place) => `<hop probe="${place}"/>`).join("");
  return `<trafMon site="one way">
    <collectors><collector name="${collector}" listen="127.0.0.1:${port}" logDir="${folder}/logs"
      stateDir="${folder}/state" commitInterval="50ms"/></collectors>
    <probes>${PLACES.map(probe).join("")}</probes>
    <flowClasses>
      <flowClass name="all" account="yes"><match><any/></match><partition addresses="host"/><ipCounters/></flowClass>
      <flowClass name="way"><match><source is="10.20.1.0/24 fd20:1::/32"/></match>
        <ipCounters/>
        <oneWay interval="10s" details="latency">${hops(PLACES)}<route hops="1 2 4"/><route hops="1 3 4"/></oneWay>
      </flowClass>
      <flowClass name="back"><match><source is="10.20.2.0/24 fd20:2::/32"/></match>
        <ipCounters/>
        <oneWay interval="10s" details="timestamps" verdicts="apart">${hops(["centre", "backbone", "office"])}</oneWay>
      </flowClass>
    </flowClasses>
  </trafMon>`;
}
