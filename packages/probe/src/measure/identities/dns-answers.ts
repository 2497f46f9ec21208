import { DnsName } from "../twoway/dns-name.ts";
import { addressOfPointer } from "./pointer-name.ts";

/** Told of each name that a message gives an address. `address`: a view, not to be kept. Names are in lower case. */
export type NameTeller = (address: Uint8Array, kind: "name" | "pointer", name: string, lifeS: number) => void;

const HEADER_BYTES = 12;
/** Labels, pointers and records looked at in one message. */
const MOST_STEPS = 4096;

const TYPE_A = 1;
const TYPE_PTR = 12;
const TYPE_AAAA = 28;
const CLASS_IN = 1;
/** mDNS: the upper bit of the class says that caches are to forget what they had (RFC 6762 section 10.2). */
const CLASS_MASK = 0x7fff;

const name = new DnsName();

/**
 * Names of addresses in a reply of DNS (RFC 1035 section 4) or mDNS (RFC 6762): A and AAAA records in any section, PTR
 * records of the reverse zones. What was asked for is a name of the addresses in the answer as well, when an alias lies
 * between. Work is bounded by the length; what is cut off is left out.
 */
export function readDnsNames(bytes: Uint8Array, from: number, until: number, tell: NameTeller): void {
  if (until - from < HEADER_BYTES) return;
  const flags = word(bytes, from + 2);
  // Replies, of a plain query, without an error.
  if ((flags & 0x8000) === 0 || (flags & 0x780f) !== 0) return;
  let steps = 0;
  let at = from + HEADER_BYTES;
  let asked = "";
  let askedType = 0;
  for (let left = word(bytes, from + 4); left > 0; left--) {
    name.walk(bytes, from, at, until, asked === "");
    steps += name.steps;
    if (name.end < 0 || name.end + 4 > until || steps > MOST_STEPS) return;
    if (asked === "") {
      asked = name.text.toLowerCase();
      askedType = word(bytes, name.end);
    }
    at = name.end + 4;
  }
  const answers = word(bytes, from + 6);
  const records = answers + word(bytes, from + 8) + word(bytes, from + 10);
  for (let record = 0; record < records && steps <= MOST_STEPS; record++) {
    steps++;
    const owner = at;
    name.walk(bytes, from, at, until, false);
    steps += name.steps;
    if (name.end < 0 || name.end + 10 > until) return;
    const type = word(bytes, name.end);
    const isInternet = (word(bytes, name.end + 2) & CLASS_MASK) === CLASS_IN;
    const lifeS = lifeOf(bytes, name.end + 4);
    const data = name.end + 10;
    at = data + word(bytes, name.end + 8);
    if (at > until) return;
    if (!isInternet) continue;
    if ((type === TYPE_A && at - data === 4) || (type === TYPE_AAAA && at - data === 16)) {
      name.walk(bytes, from, owner, until, true);
      const owned = name.text.toLowerCase();
      const address = bytes.subarray(data, at);
      if (owned !== ".") tell(address, "name", owned, lifeS);
      if (record < answers && askedType === type && asked !== owned && asked !== ".")
        tell(address, "name", asked, lifeS);
    } else if (type === TYPE_PTR) {
      name.walk(bytes, from, owner, until, true);
      const address = addressOfPointer(name.text.toLowerCase());
      if (address === null) continue;
      name.walk(bytes, from, data, at, true);
      steps += name.steps;
      if (name.end >= 0 && name.text !== ".") tell(address, "pointer", name.text.toLowerCase(), lifeS);
    }
  }
}

/** Seconds; one with the upper bit set counts as none (RFC 2181 section 8). */
function lifeOf(bytes: Uint8Array, at: number): number {
  const seconds = word(bytes, at) * 65_536 + word(bytes, at + 2);
  return seconds > 0x7fffffff ? 0 : seconds;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
