import type { ChildProcess } from "node:child_process";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { LogRecords } from "../read/log-records.ts";
import type { SiteSettings } from "../site/site-settings.ts";
import { TestSite } from "../site/test-site.ts";
import { ip, makeWire, Namespace } from "../truth/network/namespace.ts";

const FLOOD_PROGRAM = fileURLToPath(new URL("../../dist/live/flood-program.js", import.meta.url));

export interface LiveOptions {
  /** The probe's `interface` elements, as in the XML. */
  readonly interfaces: readonly string[];
  /** Its ring, as in the XML. */
  readonly ring: string;
  /** Elements of the one class, as in the XML. */
  readonly measurements?: string;
  /** Words before its programs, for rights to be taken away. */
  readonly runAs?: readonly string[];
}

export interface Flooded {
  /** Frames the kernel took. */
  readonly sent: number;
  readonly perSecond: number;
}

/** Two wires between senders `out0`, `out1` and a probe's interfaces `in0`, `in1`, with collector and probe, in a namespace. */
export class LiveSite {
  readonly space: Namespace;
  readonly site: TestSite;

  private constructor(space: Namespace, site: TestSite) {
    this.space = space;
    this.site = site;
  }

  static async make(options: LiveOptions): Promise<LiveSite> {
    const space = Namespace.make("live");
    for (const wire of [0, 1]) makeSilentWire(space, wire);
    const xml = (settings: SiteSettings) => liveXml(settings, options);
    const site = await TestSite.make({ probes: ["live"], xml, within: [...space.within, ...(options.runAs ?? [])] });
    return new LiveSite(space, site);
  }

  /** Frames an interface has received since it was made, by the kernel's own counter. */
  received(device: string): number {
    return JSON.parse(this.space.run("ip", "-j", "-s", "link", "show", "dev", device))[0].stats64.rx.packets;
  }

  /** Sends frames over a wire, and waits until they have gone. `perSecond`: 0 for as fast as it goes. */
  async flood(wire: number, frames: number, perSecond: number): Promise<Flooded> {
    const words = [FLOOD_PROGRAM, `out${wire}`, String(frames), String(perSecond)];
    const child = this.space.start(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    await once(child, "close");
    return JSON.parse(said);
  }

  /** Asks probe or collector how it is, over its UNIX socket. */
  async ask(program: "probe" | "collector", path: string): Promise<{ status: number; text: string }> {
    const asked = get({ socketPath: `${this.site.folder}/${program}.health`, path, agent: false });
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, text: await text(answer) };
  }

  /** Waits until the probe has said this so often. */
  async heard(words: string, times = 1): Promise<void> {
    const limitMs = Date.now() + 240_000;
    const said = () => readFileSync(`${this.site.programLogs}/probe-live.stderr`, "utf8");
    while (said().split(words).length <= times) {
      if (Date.now() > limitMs) throw new Error(`the probe does not say ${words}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends probe and collector. @returns what the log files hold */
  async end(probe: ChildProcess): Promise<LogRecords> {
    const exitCode = await this.site.stopProbe(probe);
    if (exitCode !== 0) throw new Error(`the probe ended with ${exitCode}`);
    await this.site.stopCollector();
    return new LogRecords(this.site.logs);
  }

  async remove(): Promise<void> {
    await this.site.remove();
    this.space.remove();
  }
}

/** A pair whose ends take part in nothing. Also for one that has been removed. */
export function makeSilentWire(space: Namespace, wire: number): void {
  makeWire({ space, device: `out${wire}` }, { space, device: `in${wire}` });
  for (const device of [`out${wire}`, `in${wire}`]) {
    space.setSysctl(`net.ipv6.conf.${device}.disable_ipv6`, 1);
    ip("-n", space.name, "link", "set", device, "arp", "off");
  }
}

/** Sums of a column of the capture statistics, of one interface. */
export function captureSum(records: LogRecords, device: string, ...columns: readonly string[]): number {
  return records
    .of("capst")
    .filter((record) => record.interface === device)
    .reduce((sum, record) => sum + columns.reduce((part, column) => part + Number(record[column]), 0), 0);
}

/** Words that take everything but the right to capture away; null when nobody else may read the programs. */
export function unprivileged(): readonly string[] | null {
  const rights = ["--inh-caps=-all,+net_raw", "--ambient-caps=-all,+net_raw", "--bounding-set=-all,+net_raw"];
  const words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", ...rights, "--no-new-privs", "--"];
  try {
    execFileSync(words[0]!, [
      ...words.slice(1),
      process.execPath,
      "-e",
      `fs.readFileSync(${JSON.stringify(FLOOD_PROGRAM)})`,
    ]);
    return words;
  } catch {
    return null;
  }
}

function liveXml({ folder, collector, port, probes }: SiteSettings, options: LiveOptions): string {
  const { interfaces, ring, measurements = "<ipCounters/><udpCounters/>" } = options;
  return `<trafMon site="live">
  <collectors>
    <collector name="${collector}" listen="127.0.0.1:${port}" logDir="${folder}/logs" stateDir="${folder}/state">
      <health socket="${folder}/collector.health"/>
    </collector>
  </collectors>
  <probes>
    <probe name="${probes[0]}" keyFile="${folder}/site.key" spoolDir="${folder}/spool" ring="${ring}">
      ${interfaces.join("\n      ")}
      <sendTo collector="${collector}" rate="1Gbit"/>
      <health socket="${folder}/probe.health"/>
    </probe>
  </probes>
  <flowClasses>
    <flowClass name="all" account="yes">
      <match><any/></match>
      ${measurements}
    </flowClass>
  </flowClasses>
</trafMon>
`;
}
