import { addressBytes, FLAG_IPV6, FLAG_PORTS } from "@trafmon/packet";
import fc from "fast-check";
import { expect, test } from "vitest";
import { packetRecord } from "../testing/packet-record-builder.ts";
import { endpointText, FlowFilter, parseFlow } from "./flow-text.ts";

const V4 = {
  left: { address: addressBytes("192.0.2.1"), port: 40_000 },
  right: { address: addressBytes("198.51.100.2"), port: 80 },
};
const V6 = {
  left: { address: addressBytes("2001:db8::1"), port: 1 },
  right: { address: addressBytes("fd00::2"), port: 65_535 },
};

test("a connection is read in every way in which people write one", () => {
  for (const text of [
    "192.0.2.1:40000-198.51.100.2:80",
    " 192.0.2.1:40000 - 198.51.100.2:80 ",
    "192.0.2.1:40000->198.51.100.2:80",
    "192.0.2.1:40000 <-> 198.51.100.2:80",
    "192.0.2.1:40000 198.51.100.2:80",
    "192.0.2.1 40000 198.51.100.2 80",
    "192.0.2.1,40000,198.51.100.2,80",
    "192.0.2.1\t40000\t198.51.100.2\t80",
    "[192.0.2.1]:40000-[198.51.100.2]:80",
  ]) {
    expect(parseFlow(text), text).toEqual(V4);
  }
  for (const text of ["[2001:db8::1]:1-[fd00::2]:65535", "2001:db8::1 1 fd00::2 65535"]) {
    expect(parseFlow(text), text).toEqual(V6);
  }
});

test("what is none is refused, and nothing makes it throw anything else", () => {
  for (const text of [
    "",
    "192.0.2.1:40000",
    "192.0.2.1-198.51.100.2",
    "192.0.2.1:40000-198.51.100.2:80000",
    "192.0.2.256:1-198.51.100.2:80",
    "2001:db8::1:1-fd00::2:65535",
    "192.0.2.1:1-[fd00::2]:2",
  ]) {
    expect(() => parseFlow(text), text).toThrow(expect.objectContaining({ code: "BAD_OPTION" }));
  }
  const pieces = fc.constantFrom("192.0.2.1", "[fd00::2]", ":", "-", ">", "<", " ", ",", "80", "99999", "x");
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((parts) => parts.join("")),
      ),
      (text) => {
        try {
          const { left, right } = parseFlow(text);
          expect(parseFlow(`${endpointText(left)}-${endpointText(right)}`)).toEqual({ left, right });
        } catch (error) {
          expect(error).toMatchObject({ code: "BAD_OPTION" });
        }
      },
    ),
  );
});

test("its packets are found both ways, and no other's", () => {
  const fields = {
    flags: FLAG_PORTS,
    source: V4.left.address,
    destination: V4.right.address,
    sourcePort: 40_000,
    destinationPort: 80,
  };
  const back = {
    ...fields,
    source: fields.destination,
    destination: fields.source,
    sourcePort: 80,
    destinationPort: 40_000,
  };
  const filter = new FlowFilter(V4);
  const senderOf = (changes: Parameters<typeof packetRecord>[0]) => filter.senderOf(packetRecord(changes), 0);
  expect(senderOf(fields)).toBe("left");
  expect(senderOf(back)).toBe("right");
  for (const changes of [
    { sourcePort: 40_001 },
    { destination: addressBytes("198.51.100.3") },
    { protocol: 17 },
    { flags: 0 },
    { flags: FLAG_PORTS | FLAG_IPV6 },
    { fragmentOffset: 8 },
    { sourcePort: 80, destinationPort: 40_000 },
  ]) {
    expect(senderOf({ ...fields, ...changes }), JSON.stringify(changes)).toBeNull();
  }
  const v6 = { ...fields, flags: FLAG_PORTS | FLAG_IPV6, source: V6.left.address, destination: V6.right.address };
  const v6Record = packetRecord({ ...v6, sourcePort: 1, destinationPort: 65_535 });
  expect(new FlowFilter(V6).senderOf(v6Record, 0)).toBe("left");
  // One address, two ports: the ports tell who is who.
  const loop = { left: { ...V4.left, port: 1 }, right: { ...V4.left, port: 2 } };
  const own = { ...fields, destination: V4.left.address, sourcePort: 2, destinationPort: 1 };
  expect(new FlowFilter(loop).senderOf(packetRecord(own), 0)).toBe("right");
});
