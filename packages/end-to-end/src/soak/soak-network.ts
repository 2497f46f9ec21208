import type { Impairment } from "../truth/network/line-plan.ts";
import { type LedgerLine, LineProcess } from "../truth/network/line-process.ts";
import { ip, macOf, makeWire, Namespace, removeLeftNamespaces } from "../truth/network/namespace.ts";

/** The hosts of the probes; the number is their network's. */
export const SITES = ["a", "b"] as const;
export type SiteName = (typeof SITES)[number];

/** Both ways of what PDUs go over. */
const IMPAIRMENT: Impairment = { delayMs: 2, jitterMs: 8, loss: 0.3, duplicate: 0.1, reorder: 0.1, corrupt: 0.05 };

/**
 *     site a              lab              centre
 *     out0 -> in0         (line)
 *     wan ------------- a0       a1 ---- to-a
 *     site b
 *     wan ------------- b0       b1 ---- to-b
 *
 * A probe in each site watches `in0`, which traffic is sent to; the collectors are in the centre. What goes between
 * a site and the centre goes over a line that loses, doubles, reorders and spoils.
 */
export class SoakNetwork {
  readonly centre: Namespace;
  readonly sites: Readonly<Record<SiteName, Namespace>>;
  readonly #lab: Namespace;
  #lines: LineProcess | null = null;

  constructor() {
    removeLeftNamespaces();
    this.#lab = Namespace.make("soak-lab");
    this.centre = Namespace.make("soak-centre");
    this.sites = { a: Namespace.make("soak-a"), b: Namespace.make("soak-b") };
    for (const site of SITES) this.#connect(site);
  }

  /** Address of the centre as a site sees it. */
  centreOf(site: SiteName): string {
    return `10.78.${SITES.indexOf(site) + 1}.2`;
  }

  /** Frames that a probe's interface has received, by the kernel's own counter. */
  received(site: SiteName): number {
    return JSON.parse(this.sites[site].run("ip", "-j", "-s", "link", "show", "dev", "in0"))[0].stats64.rx.packets;
  }

  /** `folder`: of the lines' ledgers. */
  async open(folder: string, seed: number): Promise<void> {
    const lines = SITES.map((site, i): LedgerLine => {
      const nearMac = macOf({ space: this.sites[site], device: "wan" });
      const farMac = macOf({ space: this.centre, device: `to-${site}` });
      const stretch = { near: `${site}0`, far: `${site}1`, nearMac, farMac };
      return {
        stretch,
        forward: IMPAIRMENT,
        backward: IMPAIRMENT,
        seed: seed + 2 * i,
        ledger: `${folder}/line-${site}`,
      };
    });
    this.#lines = await LineProcess.start(this.#lab, lines);
  }

  async remove(): Promise<void> {
    this.#lines?.kill();
    for (const space of [...Object.values(this.sites), this.centre, this.#lab]) space.remove();
  }

  #connect(site: SiteName): void {
    const space = this.sites[site];
    makeWire({ space, device: "out0" }, { space, device: "in0" });
    for (const device of ["out0", "in0"]) {
      space.setSysctl(`net.ipv6.conf.${device}.disable_ipv6`, 1);
      ip("-n", space.name, "link", "set", device, "arp", "off");
    }
    makeWire({ space, device: "wan" }, { space: this.#lab, device: `${site}0` });
    makeWire({ space: this.#lab, device: `${site}1` }, { space: this.centre, device: `to-${site}` });
    const net = SITES.indexOf(site) + 1;
    const ends = [
      { space, device: "wan", address: `10.78.${net}.1`, peer: `10.78.${net}.2` },
      { space: this.centre, device: `to-${site}`, address: `10.78.${net}.2`, peer: `10.78.${net}.1` },
    ] as const;
    ends.forEach((end, i) => {
      ip("-n", end.space.name, "addr", "add", `${end.address}/24`, "dev", end.device);
      const peerMac = macOf(ends[1 - i]!);
      const neighbour = [end.peer, "lladdr", peerMac, "dev", end.device, "nud", "permanent"];
      ip("-n", end.space.name, "neigh", "replace", ...neighbour);
    });
  }
}
