import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CodedError } from "@trafmon/runtime";
import fc from "fast-check";
import { expect, test } from "vitest";
import { foresee } from "../plan/foresight.ts";
import { parseScenario, readScenario } from "./read-scenario.ts";
import type { Scenario } from "./scenario.ts";

/** The lines of the error that a scenario is refused with, without the program's own words. */
function faults(text: string): string[] {
  try {
    parseScenario(text, "s.xml");
  } catch (error) {
    expect(error).toMatchObject({ code: "TRAFGEN_SCENARIO_INVALID", exitCode: 78 });
    return (error as Error).message
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line.startsWith("line "));
  }
  return [];
}

test("a file that is not there is told of", () => {
  expect(() => readScenario("/nowhere.xml")).toThrow("cannot read /nowhere.xml");
});

test("all faults are told at once, with line, attribute and what is allowed", () => {
  const told = faults(`<trafgen seed="-1" mtu="500">
  <target captureFile="a.pcap" interface="eth0"/>
  <path><hop name="a" loss="101%"/><hop name="A"/><hop name="sender"/></path>
  <traffic>
    <stream name="s" from="192.0.2.1" to="2001:db8::1" rate="100" dscp="ef" tos="1" on="1s">
      <fixedSize bytes="27"/>
    </stream>
    <stream name="S" from="192.0.2.0/33" to="192.0.2.1" rate="1kpps" packets="9" colour="red"><uniformSize from="90" to="80"/></stream>
    <stream name="t" from="192.0.2.1-192.0.2.0" to="192.0.2.1" rate="1pps" packets="9"><imix/><imix/></stream>
    <conversation name="c" from="10.0.0.1" to="10.0.0.2" mss="2000" begin="sideways">
      <send by="client" bytes="100" segment="50"><lose segment="3" at="b"/><stall afterBytes="100"/></send>
      <halfClose by="client"/>
      <send by="client" bytes="1"/>
      <reset by="server"/>
      <pause for="1s"/>
    </conversation>
    <conversation name="r" from="10.0.0.1" to="10.0.0.2" begin="refused"><pause for="1s"/></conversation>
    <ftp name="f" from="::1" to="::2" mode="PASV"/>
    <snmp name="m" from="10.0.0.1" to="10.0.0.2" version="1" pdu="getBulk" unanswered="60%" late="60%"/>
    <dns name="d" from="10.0.0.1" to="10.0.0.2" repeated="1%" repeatAfter="5s" names="-.a ..b"/>
    <telnet/>
  </traffic>
</trafgen>`);
  const places = told.map((line) => line.slice(0, line.indexOf(":")).replaceAll("trafgen/", ""));
  expect(places).toEqual([
    "line 1, trafgen, attribute seed",
    "line 1, trafgen, attribute mtu",
    "line 2, target",
    "line 3, path/hop, attribute loss",
    "line 3, path/hop, attribute name",
    "line 3, path/hop, attribute name",
    "line 5, traffic/stream, attribute rate",
    "line 5, traffic/stream, attribute to",
    "line 5, traffic/stream, attribute tos",
    "line 5, traffic/stream",
    "line 5, traffic/stream, attribute off",
    "line 6, traffic/stream/fixedSize, attribute bytes",
    "line 8, traffic/stream, attribute from",
    "line 8, traffic/stream, attribute colour",
    "line 8, traffic/stream, attribute name",
    "line 8, traffic/stream/uniformSize, attribute to",
    "line 9, traffic/stream, attribute from",
    "line 9, traffic/stream",
    "line 10, traffic/conversation, attribute begin",
    "line 11, traffic/conversation/send/lose, attribute segment",
    "line 11, traffic/conversation/send/lose, attribute at",
    "line 11, traffic/conversation/send/stall, attribute afterBytes",
    "line 13, traffic/conversation/send, attribute by",
    "line 15, traffic/conversation/pause",
    "line 17, traffic/conversation/pause",
    "line 18, traffic/ftp, attribute mode",
    "line 19, traffic/snmp, attribute late",
    "line 19, traffic/snmp, attribute pdu",
    "line 20, traffic/dns, attribute names",
    "line 20, traffic/dns, attribute repeatAfter",
    "line 21, traffic/telnet",
  ]);
  // Where the mtu cannot be read, nobody can say what is too long for it.
  expect(told.join("\n")).not.toContain("more than the mtu");
  expect(told[3]).toContain('"101%" is not allowed; allowed: a share from 0 to 1');
});

test("what is too large for the mtu, and a stream without end, are faults", () => {
  expect(
    faults(`<trafgen mtu="1400"><traffic>
      <http name="h" from="::1" to="::2" mss="1400" window="512"/>
      <http name="i" from="::1" to="::2" window="1KiB"/></traffic></trafgen>`),
  ).toEqual([
    "line 2, trafgen/traffic/http, attribute mss: 1400 and headers of 72 are more than the mtu; allowed: 1328 or less",
    "line 2, trafgen/traffic/http, attribute window: 512 bytes do not hold a segment of 1400; allowed: 1400 or more",
    "line 3, trafgen/traffic/http, attribute window: 1024 bytes do not hold a segment of 1328; allowed: 1328 or more",
  ]);
});

test("what would all start at once is a fault", () => {
  const scenario = (count: number) =>
    `<trafgen><traffic><dns name="d" from="::1" to="::2" count="${count}" every="0"/></traffic></trafgen>`;
  expect(parseScenario(scenario(10_000), "s.xml").traffic.length).toBe(1);
  expect(() => parseScenario(scenario(10_001), "s.xml")).toThrow("attribute every: 10001 would start at once");
});

test("what is absent is filled in", () => {
  const scenario = parseScenario(
    `<trafgen><target sockets="yes"/><traffic>
    <stream name="s" from="10.0.0.0/30 10.9.9.9" to="10.0.1.1" rate="1.5Mbit" duration="100ms" dscp="af41" on="1ms" off="9ms">
    <histogram><bin bytes="100" weight="3"/><bin bytes="200" upTo="300" weight="1"/></histogram></stream>
    <conversation name="c" from="::1" to="::2"><send by="server" bytes="1MiB"><lose segment="2" at="receiver"/></send></conversation>
    </traffic></trafgen>`,
    "s.xml",
  );
  expect(scenario).toMatchObject({ seed: 1, cycles: 1, mtuBytes: 1500, target: { kind: "sockets" }, hops: [] });
  expect(scenario.traffic[0]).toMatchObject({
    kind: "stream",
    number: 1,
    from: { family: 4, count: 3 },
    fromPorts: { first: 40000, count: 1 },
    tos: 34 << 2,
    ttl: 64,
    vlan: null,
    rate: { unit: "bits", perS: 1_500_000 },
    durationNs: 100_000_000,
    packets: null,
    bursts: { onNs: 1_000_000, offNs: 9_000_000, lengths: "fixed" },
    size: {
      bins: [
        { fromBytes: 100, toBytes: 100, weight: 3 },
        { fromBytes: 200, toBytes: 300, weight: 1 },
      ],
    },
  });
  expect(scenario.traffic[1]).toMatchObject({
    kind: "conversation",
    number: 2,
    mssBytes: 1428,
    rtoNs: 300_000_000,
    steps: [{ kind: "send", by: "server", bytes: 1 << 20, troubles: [{ kind: "lose", number: 2, at: "receiver" }] }],
  });
});

const sample = readFileSync(fileURLToPath(new URL("../../../../etc/xml/mixed-services.xml", import.meta.url)), "utf8");
const values = [...sample.matchAll(/(?<=[a-zA-Z]=")[^"]*(?=")/g)].slice(3);

test("whatever stands in an attribute, it is refused as a fault, or read and made", () => {
  expect(values.length).toBeGreaterThan(100);
  const odd = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("", " ", "0", "-1", "1e9", "NaN", "Infinity", "999999999999999999999", "0x", "%", "-", "/", "::"),
    fc
      .tuple(fc.integer(), fc.constantFrom("", "s", "ms", "%", "pps", "Mbit", "GiB", "/8", "-5"))
      .map((each) => each.join("")),
    fc.ipV4().map((address) => `${address}/${address.length}`),
    fc.ipV6(),
  );
  fc.assert(
    fc.property(fc.nat({ max: values.length - 1 }), odd, (which, text) => {
      const at = values[which]!;
      const escaped = text.replace(/[&<"]/g, (c) => `&#${c.charCodeAt(0)};`);
      const changed = sample.slice(0, at.index) + escaped + sample.slice(at.index + at[0].length);
      let scenario: Scenario;
      try {
        scenario = parseScenario(changed, "s.xml");
      } catch (error) {
        expect(error).toBeInstanceOf(CodedError);
        expect((error as CodedError).code).toBe("TRAFGEN_SCENARIO_INVALID");
        return;
      }
      expect(foresee(scenario, 1500, new AbortController().signal).packets).toBeGreaterThan(0);
    }),
    { numRuns: 400 },
  );
});

test("any text at all is read or refused as a fault", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 300 })), (given) => {
      expect(() => parseScenario(given, "s.xml")).toThrow(CodedError);
    }),
  );
  fc.assert(
    fc.property(fc.nat({ max: sample.length - 10 }), (length) => {
      expect(() => parseScenario(sample.slice(0, length), "s.xml")).toThrow(CodedError);
    }),
    { numRuns: 60 },
  );
});
