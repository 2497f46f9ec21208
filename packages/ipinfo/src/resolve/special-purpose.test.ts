import { expect, test } from "vitest";
import { parseAddress } from "./address.ts";
import { mayHaveName, specialKind } from "./special-purpose.ts";

test("special-purpose addresses are labelled up to their last one, and no further", () => {
  const kinds: Record<string, string | null> = {
    "9.255.255.255": null,
    "10.0.0.0": "private",
    "10.255.255.255": "private",
    "11.0.0.0": null,
    "100.64.0.1": "shared",
    "100.128.0.0": null,
    "127.0.0.53": "loopback",
    "169.254.1.1": "link-local",
    "172.31.255.255": "private",
    "172.32.0.0": null,
    "192.0.2.9": "documentation",
    "223.255.255.255": null,
    "224.0.0.1": "multicast",
    "255.255.255.254": "reserved",
    "255.255.255.255": "broadcast",
    "::": "unspecified",
    "::1": "loopback",
    "::2": null,
    "::ffff:192.0.2.1": "IPv4-mapped",
    "2001:db8::1": "documentation",
    "2001:db9::1": null,
    "2002:c000:204::1": null,
    "fd00::1": "private",
    "fe80::1": "link-local",
    "ff02::fb": "multicast",
  };
  for (const [text, kind] of Object.entries(kinds)) expect(specialKind(parseAddress(text)!), text).toBe(kind);
});

test("DNS is asked for ordinary addresses, and for private ones unless told not to", () => {
  expect(mayHaveName(null, false)).toBe(true);
  expect(mayHaveName("private", true)).toBe(true);
  expect(mayHaveName("private", false)).toBe(false);
  expect(mayHaveName("multicast", true)).toBe(false);
});
