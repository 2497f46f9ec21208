import type { NetworkInterfaceInfo } from "node:os";
import { addressText, parseAddress } from "@trafmon/observation";
import { trafgenError } from "../errors.ts";
import { type AddressSet, hasAddress, writeAddress } from "../scenario/address-set.ts";
import type { Scenario, Traffic } from "../scenario/scenario.ts";

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** More sources than this are not looked at one by one: no machine has so many. */
const MOST_SOURCES = 1024;

/**
 * Refuses what an operating system cannot be asked to send: it makes its own packets, and servers do as they like.
 * @throws {CodedError} TRAFGEN_SOCKETS_UNFIT naming everything
 */
export function checkSocketFitness(scenario: Scenario, interfaces: Interfaces): void {
  const unfit = scenario.traffic.flatMap((traffic) =>
    reasonsAgainst(traffic, interfaces).map((reason) => `${traffic.name}: ${reason}`),
  );
  if (unfit.length > 0)
    throw trafgenError("TRAFGEN_SOCKETS_UNFIT", `cannot let the operating system send: ${unfit.join("; ")}`);
}

function reasonsAgainst(traffic: Traffic, interfaces: Interfaces): string[] {
  const reasons: string[] = [];
  if (traffic.kind === "conversation") reasons.push("a scripted conversation needs crafted frames");
  if (traffic.vlan !== null) reasons.push("the vlan is the interface's affair");
  if ("question" in traffic) {
    const { unanswered, late, repeated, duplicateReplies } = traffic;
    if (unanswered + late + repeated + duplicateReplies > 0)
      reasons.push("whether a server answers, and when, is its own affair");
    if (traffic.question.protocol === "snmp" && traffic.question.pdu === "set")
      reasons.push("nothing is set on real agents");
  }
  if (traffic.kind === "ftp" && traffic.login === "refused")
    reasons.push("whether a server lets a user in is its own affair");
  const stranger = foreignSource(traffic.from, interfaces);
  if (stranger !== null) reasons.push(`${stranger} is no address of this machine`);
  return reasons;
}

/** A source that this machine cannot send from; null when there is none. */
function foreignSource(set: AddressSet, interfaces: Interfaces): string | null {
  if (isAnySource(set)) return null;
  const own = Object.values(interfaces).flatMap((each) => (each ?? []).map(({ address }) => address));
  const address = new Uint8Array(set.family === 4 ? 4 : 16);
  for (let i = 0; i < Math.min(set.count, MOST_SOURCES); i++) {
    writeAddress(set, i, address);
    const text = addressText(address);
    // All of 127.0.0.0/8 is the loopback interface's (RFC 1122 section 3.2.1.3).
    if (!own.includes(text) && !text.startsWith("127.")) return text;
  }
  return null;
}

/** `0.0.0.0` or `::`: the system chooses. */
export function isAnySource(set: AddressSet): boolean {
  return set.count === 1 && hasAddress(set, parseAddress(set.family === 4 ? "0.0.0.0" : "::")!);
}
