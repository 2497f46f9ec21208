import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** A network namespace of this process. Removing it takes its interfaces along, and ends what still runs in it. */
export class Namespace {
  /** As `ip netns` knows it. */
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** `name` is to be free; the process id makes it so. */
  static make(role: string): Namespace {
    const space = new Namespace(`truth-${process.pid}-${role}`);
    ip("netns", "add", space.name);
    space.run("ip", "link", "set", "lo", "up");
    return space;
  }

  /** Words to put before a command to run it in here. */
  get within(): readonly string[] {
    return ["ip", "netns", "exec", this.name];
  }

  /** Runs a command to its end. @throws {Error} with what it said when it fails */
  run(command: string, ...args: readonly string[]): string {
    return run("ip", "netns", "exec", this.name, command, ...args);
  }

  start(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return spawn("ip", ["netns", "exec", this.name, command, ...args], options);
  }

  /** `net.ipv4.ip_forward` and the like. */
  setSysctl(name: string, value: number): void {
    this.run("sh", "-c", 'echo "$2" >"/proc/sys/$1"', "sh", name.replaceAll(".", "/"), String(value));
  }

  remove(): void {
    removeNamed(this.name);
  }
}

function removeNamed(name: string): void {
  const processIds = ip("netns", "pids", name).split("\n").map(Number);
  for (const id of processIds.filter((each) => each > 0)) {
    try {
      process.kill(id, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
  ip("netns", "del", name);
}

/** The two ends of a wire: interfaces in one or two namespaces. */
export interface WireEnd {
  readonly space: Namespace;
  readonly device: string;
}

/** A veth pair without offloads, so that what is captured is what a wire would carry. Both ends are up. */
export function makeWire(one: WireEnd, other: WireEnd): void {
  const peer = ["peer", "name", other.device, "netns", other.space.name];
  ip("-n", one.space.name, "link", "add", one.device, "type", "veth", ...peer);
  for (const { space, device } of [one, other]) {
    space.run("ethtool", "-K", device, ..."tso off gso off gro off tx off rx off sg off".split(" "));
    // No frame of the kernel's own: no duplicate address detection, no router solicitations, no link-local address.
    space.setSysctl(`net.ipv6.conf.${device}.addr_gen_mode`, 1);
    space.setSysctl(`net.ipv6.conf.${device}.accept_ra`, 0);
    space.setSysctl(`net.ipv6.conf.${device}.router_solicitations`, 0);
    ip("-n", space.name, "link", "set", device, "up");
  }
}

/** MAC address of an interface. */
export function macOf({ space, device }: WireEnd): string {
  return JSON.parse(space.run("ip", "-j", "link", "show", "dev", device))[0].address;
}

/** @throws {Error} with what the command said */
export function ip(...args: readonly string[]): string {
  return run("ip", ...args);
}

function run(command: string, ...args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`cannot run ${command} ${args.join(" ")}: ${stderr?.trim() || message}`);
  }
}

/** Removes namespaces of this process, and those that a process left which is gone. */
export function removeLeftNamespaces(): void {
  for (const line of ip("netns", "list").split("\n")) {
    const [name, processId] = /^truth-(\d+)-\S+/.exec(line) ?? [];
    if (name !== undefined && (Number(processId) === process.pid || !isAlive(Number(processId)))) removeNamed(name);
  }
}

function isAlive(processId: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${processId}/stat`, "utf8"));
  } catch {
    return false;
  }
}
