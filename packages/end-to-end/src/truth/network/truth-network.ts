import { ip, macOf, makeWire, Namespace, removeLeftNamespaces, type WireEnd } from "./namespace.ts";

/** Two addresses of each family to send from, and to. */
export const CLIENT = { ipv4: ["10.77.1.2", "10.77.1.3"], ipv6: ["fd77:1::2", "fd77:1::3"] } as const;
export const SERVER = { ipv4: ["10.77.2.2", "10.77.2.3"], ipv6: ["fd77:2::2", "fd77:2::3"] } as const;

/** Where probes watch, from the client to the server. */
export const TAPS = ["near", "middle", "far"] as const;
export type Tap = (typeof TAPS)[number];

/** A stretch of the way with nothing but two interfaces: whatever goes over it, a forwarder carries (`ImpairedLine`). */
export interface Stretch {
  readonly near: string;
  readonly far: string;
  /** MAC addresses of the hosts on both sides: only what they send is carried. */
  readonly nearMac: string;
  readonly farMac: string;
}

/**
 *     client            lab                router            lab               server
 *     eth0 ------ a0  (line)  b0 ------- r0   r1 ------- c0 (line) d0 ------- eth0
 *                 near       middle                                far
 *
 * Four namespaces; the lab has both lines, the three taps, and the collector on its loopback, and no address. Every
 * neighbour is known, nothing resolves or announces itself: a frame on a wire is one that somebody sent on purpose.
 */
export class TruthNetwork {
  readonly client: Namespace;
  readonly router: Namespace;
  readonly server: Namespace;
  readonly lab: Namespace;
  readonly stretches: readonly [Stretch, Stretch];
  /** The lab's interface of each tap. */
  readonly tapDevices: Readonly<Record<Tap, string>> = { near: "a0", middle: "b0", far: "d0" };
  readonly #spaces: Namespace[] = [];

  private constructor() {
    removeLeftNamespaces();
    const space = (role: string) => {
      const made = Namespace.make(role);
      this.#spaces.push(made);
      return made;
    };
    this.lab = space("lab");
    this.client = space("client");
    this.router = space("router");
    this.server = space("server");
    const { client, router, server, lab } = this;
    const end = (from: Namespace, device: string): WireEnd => ({ space: from, device });
    makeWire(end(client, "eth0"), end(lab, "a0"));
    makeWire(end(router, "r0"), end(lab, "b0"));
    makeWire(end(router, "r1"), end(lab, "c0"));
    makeWire(end(server, "eth0"), end(lab, "d0"));
    // The lab must not take part: no address, no answer to ARP, no IPv6.
    for (const device of ["a0", "b0", "c0", "d0"]) {
      lab.setSysctl(`net.ipv6.conf.${device}.disable_ipv6`, 1);
      ip("-n", lab.name, "link", "set", device, "arp", "off");
    }
    const macs = {
      client: macOf(end(client, "eth0")),
      r0: macOf(end(router, "r0")),
      r1: macOf(end(router, "r1")),
      server: macOf(end(server, "eth0")),
    };
    this.stretches = [
      { near: "a0", far: "b0", nearMac: macs.client, farMac: macs.r0 },
      { near: "c0", far: "d0", nearMac: macs.r1, farMac: macs.server },
    ];
    host(client, CLIENT, 1, macs.r0);
    host(server, SERVER, 2, macs.r1);
    // Its answers are then never left out: what a test expects of ICMP errors does not depend on when they happen.
    for (const each of [client, router, server]) {
      each.setSysctl("net.ipv4.icmp_ratelimit", 0);
      each.setSysctl("net.ipv6.icmp.ratelimit", 0);
    }
    router.setSysctl("net.ipv4.ip_forward", 1);
    router.setSysctl("net.ipv6.conf.all.forwarding", 1);
    side(router, "r0", CLIENT, 1, macs.client);
    side(router, "r1", SERVER, 2, macs.server);
  }

  /** @throws {Error} when namespaces cannot be made; nothing is left then */
  static make(): TruthNetwork {
    return new TruthNetwork();
  }

  remove(): void {
    for (const space of this.#spaces.splice(0)) space.remove();
  }
}

interface Addresses {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/** Addresses, and the router as the way to everything. */
function host(space: Namespace, { ipv4, ipv6 }: Addresses, net: number, routerMac: string): void {
  for (const address of ipv4) ip("-n", space.name, "addr", "add", `${address}/24`, "dev", "eth0");
  for (const address of ipv6) ip("-n", space.name, "addr", "add", `${address}/64`, "dev", "eth0", "nodad");
  for (const router of [`10.77.${net}.1`, `fd77:${net}::1`]) {
    neighbour(space, router, routerMac, "eth0");
    ip("-n", space.name, "route", "add", "default", "via", router, "dev", "eth0");
  }
}

function side(router: Namespace, device: string, { ipv4, ipv6 }: Addresses, net: number, mac: string): void {
  ip("-n", router.name, "addr", "add", `10.77.${net}.1/24`, "dev", device);
  ip("-n", router.name, "addr", "add", `fd77:${net}::1/64`, "dev", device, "nodad");
  for (const address of [...ipv4, ...ipv6]) neighbour(router, address, mac, device);
}

function neighbour(space: Namespace, address: string, mac: string, device: string): void {
  ip("-n", space.name, "neigh", "replace", address, "lladdr", mac, "dev", device, "nud", "permanent");
}
