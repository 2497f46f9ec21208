import { expect, test } from "vitest";
import { parseScenario } from "../scenario/read-scenario.ts";
import { checkDestinations } from "./destinations.ts";

const eth0 = {
  address: "10.1.2.3",
  netmask: "255.255.252.0",
  family: "IPv4",
  mac: "",
  internal: false,
  cidr: "10.1.2.3/22",
} as const;
const tunnel = { ...eth0, address: "10.9.0.1", netmask: "255.255.255.254", cidr: "10.9.0.1/31" } as const;
const interfaces = { eth0: [eth0], tun0: [tunnel] };

const stream = (from: string, to: string) =>
  parseScenario(
    `<trafgen><traffic><stream name="s" from="${from}" to="${to}" rate="1pps" packets="1"><imix/></stream></traffic></trafgen>`,
    "s.xml",
  );

test.each([
  ["10.0.0.1", "224.0.0.5", "multicast address 224.0.0.5"],
  ["10.0.0.1", "10.0.0.2 239.255.255.255", "multicast address 239.255.255.255"],
  ["10.0.0.1", "223.255.255.0-224.0.0.0", "multicast address 224.0.0.0"],
  ["10.0.0.1", "255.255.255.255", "broadcast address 255.255.255.255"],
  ["10.0.0.1", "0.0.0.0-0.0.0.9", "unspecified address 0.0.0.0"],
  ["10.0.0.1", "10.1.3.255", "broadcast address 10.1.3.255"],
  ["10.0.0.1", "10.1.3.250-10.1.4.2", "broadcast address 10.1.3.255"],
  ["::1", "::", "unspecified address ::"],
  ["::1", "ff02::1", "multicast address ff02::1"],
  ["::1", "fe80::/120 ff0e::-ff0e::9", "multicast address ff0e::"],
])("from %s to %s is refused: %s", (from, to, why) => {
  expect(() => checkDestinations(stream(from, to), interfaces)).toThrow(
    expect.objectContaining({ code: "TRAFGEN_DESTINATION_REFUSED", message: expect.stringContaining(why) }),
  );
});

test.each([
  ["10.0.0.1", "10.1.3.254 192.168.0.0/16 223.255.255.255"],
  // A network of two addresses has no broadcast.
  ["10.0.0.1", "10.9.0.0/31"],
  ["::1", "fe80::/120 2001:db8::1"],
  // What is sent from is sent to by nobody.
  ["224.0.0.1", "10.0.0.2"],
])("from %s to %s is none of these", (from, to) => {
  checkDestinations(stream(from, to), interfaces);
});

test("where replies go counts too, and all are told", () => {
  const scenario = parseScenario(
    `<trafgen><traffic><dns name="d" from="224.0.0.1" to="10.0.0.2"/><ping name="p" from="10.0.0.1" to="255.255.255.255"/></traffic></trafgen>`,
    "s.xml",
  );
  expect(() => checkDestinations(scenario, {})).toThrow(/d would send to 224\.0\.0\.1.*; p would send to 255/);
});
