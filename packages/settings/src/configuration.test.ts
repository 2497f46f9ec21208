import { EXIT } from "@trafmon/runtime";
import { describe, expect, test } from "vitest";
import { carriedProbes } from "./carried-probes.ts";
import { parseConfiguration, probeNamed, readConfiguration, SettingsInvalid } from "./configuration.ts";
import { describeEffective } from "./describe-effective.ts";
import { faultText } from "./read/fault.ts";

/** A small valid file whose parts a test can replace. */
function file(
  parts: { root?: string; collectors?: string; probes?: string; protocols?: string; classes?: string } = {},
): string {
  return `<trafMon ${parts.root ?? ""}>
<collectors>${parts.collectors ?? '<collector name="c1"/>'}</collectors>
<probes>${parts.probes ?? '<probe name="p1"><sendTo collector="c1"/></probe>'}</probes>${parts.protocols ?? ""}
<flowClasses>${parts.classes ?? '<flowClass name="all" account="yes"><ipCounters/></flowClass>'}</flowClasses>
</trafMon>`;
}

function faultsOf(text: string): string[] {
  try {
    parseConfiguration(text, "tmon.xml");
  } catch (error) {
    if (error instanceof SettingsInvalid) return error.faults.map(faultText);
    throw error;
  }
  return [];
}

/** The match rule of a class. */
function ruleOf(match: string) {
  const classes = `<flowClass name="all" account="yes"><match>${match}</match><ipCounters/></flowClass>`;
  return parseConfiguration(file({ classes }), "tmon.xml").flowClasses[0]?.match;
}

test("defaults are filled in and the whole is frozen", () => {
  const configuration = parseConfiguration(file(), "tmon.xml");
  expect(configuration.probes[0]).toMatchObject({
    keyFile: "/etc/trafMon/cred/p1.key",
    spoolDir: "/var/trafMon/spool/p1/",
    maxPduBytes: 1400,
    flushIntervalS: 2,
    heartbeatS: 5,
    latenessS: 2,
    spoolBytes: 1024 ** 3,
    sendTo: [{ collector: "c1", address: "127.0.0.1", port: 7601, rateBitsPerS: 1e8 }],
  });
  expect(configuration.flowClasses[0]).toMatchObject({
    match: { kind: "any" },
    idleS: 300,
    partition: { addresses: { v4Bits: 32, v6Bits: 128 }, protocol: true, ports: false, service: true, twoWay: true },
    measure: { ipCounters: { intervalS: 60 }, tcpCounters: null },
  });
  expect(() => {
    (configuration.probes[0] as { name: string }).name = "other";
  }).toThrow(TypeError);
});

test("a collector carries the probes that send to it and to those that forward to it", () => {
  const configuration = parseConfiguration(
    file({
      collectors: `<collector name="site"><forwardTo collector="region" rate="1Mbit"/></collector>
        <collector name="region" listen="192.0.2.1:7601"><forwardTo collector="top" address="top.example.org:7"/></collector>
        <collector name="top" listen="0.0.0.0:7601"/>`,
      probes: `<probe name="p1"><sendTo collector="site"/></probe><probe name="p2"><sendTo collector="region"/></probe>
        <probe name="p3"><sendTo collector="site"/><sendTo collector="region"/></probe>`,
    }),
    "tmon.xml",
  );
  const carried = (collector: string) => carriedProbes(configuration, collector).map(({ name }) => name);
  expect(carried("site")).toEqual(["p1", "p3"]);
  expect(carried("region")).toEqual(["p1", "p2", "p3"]);
  expect(carried("top")).toEqual(["p1", "p2", "p3"]);
  expect(configuration.collectors.map(({ forwardTo }) => forwardTo)).toEqual([
    {
      collector: "region",
      address: "192.0.2.1",
      port: 7601,
      rateBitsPerS: 1e6,
      keyFile: "/etc/trafMon/cred/site.key",
      spoolBytes: 1024 ** 3,
    },
    expect.objectContaining({ collector: "top", address: "top.example.org", port: 7, rateBitsPerS: 1e8 }),
    null,
  ]);
});

test("what was forwarded before may be drained from a collector, which is given what a former way brought", () => {
  const configuration = parseConfiguration(
    file({
      collectors: `<collector name="site"><forwardTo collector="new" address="192.0.2.2:1"/>
          <drainTo collector="old" rate="1Mbit" keyFile="/k"/><drainTo collector="older" address="192.0.2.3:7"/></collector>
        <collector name="old" listen="192.0.2.1:7601"><forwardTo collector="new"/></collector>
        <collector name="new" listen="192.0.2.2:7601"/><collector name="older"/>`,
      probes: `<probe name="p1"><sendTo collector="site"/></probe>`,
    }),
    "tmon.xml",
  );
  expect(configuration.collectors[0]!.drainTo).toEqual([
    { collector: "old", address: "192.0.2.1", port: 7601, rateBitsPerS: 1e6, keyFile: "/k" },
    {
      collector: "older",
      address: "192.0.2.3",
      port: 7,
      rateBitsPerS: 1e8,
      keyFile: "/etc/trafMon/cred/site.key",
    },
  ]);
  const carried = (collector: string, drainedToo: boolean) =>
    carriedProbes(configuration, collector, drainedToo).map(({ name }) => name);
  expect(carried("old", false)).toEqual([]);
  expect(carried("old", true)).toEqual(["p1"]);
  expect(carried("new", false)).toEqual(["p1"]);
});

test("all faults are told at once, sorted by line, with element, attribute and what is allowed", () => {
  const text = `<trafMon>
  <collectors>
    <collector name="c1" logInterval="7" rotateSecs="5"/>
  </collectors>
  <probes>
    <probe name="p 1" maxPdu="70000">
      <sendTo collector="c2"
              rate="fast"/>
    </probe>
  </probes>
  <flowClasses>
    <flowClass name="all"><ipCounters interval="7"/><ipPackets/></flowClass>
  </flowClasses>
</trafMon>`;
  expect(faultsOf(text)).toEqual([
    'line 3, trafMon/collectors/collector, attribute logInterval: "7" is not allowed; allowed: a duration of whole seconds that divides a day, e.g. 60, 5min, 1h',
    "line 3, trafMon/collectors/collector, attribute rotateSecs: the attribute is not known; allowed: name listen logDir stateDir logInterval commitInterval security maxSightings receiveBuffer",
    'line 6, trafMon/probes/probe, attribute name: "p 1" is not allowed; allowed: a name of 1 to 63 letters, digits, `.`, `_` and `-` that begins with a letter or digit',
    'line 6, trafMon/probes/probe, attribute maxPdu: "70000" is not allowed; allowed: a whole number from 512 to 65000',
    'line 7, trafMon/probes/probe/sendTo, attribute collector: "c2" is no collector of this file; allowed: c1',
    'line 8, trafMon/probes/probe/sendTo, attribute rate: "fast" is not allowed; allowed: a rate from 8kbit to 100Gbit: bits per second, or with one of the units kbit Mbit Gbit (10Mbit)',
    'line 11, trafMon/flowClasses: no class accounts for the volumes; allowed: exactly one flowClass with account="yes"',
    'line 12, trafMon/flowClasses/flowClass/ipCounters, attribute interval: "7" is not allowed; allowed: one of these durations: 1s 2s 3s 4s 5s 6s 10s 12s 15s 20s 30s 1min 2min 3min 4min 5min 6min 10min 12min 15min 20min 30min 60min',
    "line 12, trafMon/flowClasses/flowClass/ipPackets: the element ipPackets is not known in flowClass; allowed: match partition ipCounters ipSizes icmpCounters udpCounters tcpCounters tcpConnections ftpCounters ftpTransfers twoWayDelays transactions oneWay identities alert objective",
  ]);
});

test("the error the operator sees has a code, every fault on a line, and exit code 78", () => {
  const error = (() => {
    try {
      parseConfiguration("<trafMon/>", "tmon.xml");
    } catch (thrown) {
      return thrown as SettingsInvalid;
    }
  })();
  expect(error?.code).toBe("SETTINGS_INVALID");
  expect(error?.exitCode).toBe(EXIT.BAD_CONFIGURATION);
  expect(error?.message).toBe(
    "cannot use tmon.xml, 3 faults\n" +
      "  line 1, trafMon: the element collectors is missing\n" +
      "  line 1, trafMon: the element probes is missing\n" +
      "  line 1, trafMon: the element flowClasses is missing\n ",
  );
  expect(() => readConfiguration("/nowhere/tmon.xml")).toThrow(
    expect.objectContaining({ code: "SETTINGS_UNREADABLE", exitCode: EXIT.BAD_CONFIGURATION }),
  );
});

describe("rules over the whole file", () => {
  test.each<[string, string, RegExp | null]>([
    [
      "two account classes",
      file({
        classes: '<flowClass name="a" account="yes"><ipCounters/></flowClass><flowClass name="b" account="yes"/>',
      }),
      /a second class accounts/,
    ],
    [
      "an account class that looks into tunnels",
      file({ classes: '<flowClass name="a" account="yes" header="inner"><ipCounters/></flowClass>' }),
      /^line 4, trafMon\/flowClasses\/flowClass, attribute header: the account class counts what the line carries/m,
    ],
    ["an account class without volumes", file({ classes: '<flowClass name="a" account="yes"/>' }), /has no ipCounters/],
    [
      "names that differ in case only",
      file({ collectors: '<collector name="c1"/><collector name="C1"/>' }),
      /"C1" stands in line 2 already/,
    ],
    [
      "a probe that sends twice to one collector",
      file({ probes: '<probe name="p1"><sendTo collector="c1"/><sendTo collector="c1"/></probe>' }),
      /stands in line 3 already/,
    ],
    [
      "one interface twice",
      file({ probes: '<probe name="p1"><interface name="e"/><interface name="e"/><sendTo collector="c1"/></probe>' }),
      /"e" stands in line 3/,
    ],
    ["a probe that sends nowhere", file({ probes: '<probe name="p1"/>' }), /the element sendTo is missing/],
    [
      "security on one side only",
      file({ probes: '<probe name="p1" security="none"><sendTo collector="c1"/></probe>' }),
      /probe p1 says security="none", collector c1 "sealed"/,
    ],
    [
      "a collector that forwards to nobody known",
      file({ collectors: '<collector name="c1"><forwardTo collector="c9"/></collector>' }),
      /^line 2, trafMon\/collectors\/collector\/forwardTo, attribute collector: "c9" is no collector of this file/m,
    ],
    [
      "collectors that forward in a ring",
      file({
        collectors:
          '<collector name="c1"><forwardTo collector="c2"/></collector><collector name="c2"><forwardTo collector="c1"/></collector>',
      }),
      /what it forwards comes back to it: c1 to c2 to c1/,
    ],
    [
      "a collector that is forwarded to and drained to",
      file({
        collectors:
          '<collector name="c1"><forwardTo collector="c2"/><drainTo collector="c2"/></collector><collector name="c2"/>',
      }),
      /drainTo, attribute collector: "c2" stands in line 2 already/,
    ],
    [
      "a collector that drains to itself",
      file({ collectors: '<collector name="c1"><drainTo collector="c1"/></collector>' }),
      /nothing waits at c1 for itself/,
    ],
    [
      "a collector that drains where nothing is sealed",
      file({
        collectors: '<collector name="c1"><drainTo collector="c2"/></collector><collector name="c2" security="none"/>',
      }),
      /collector c1 says security="sealed", collector c2 "none"/,
    ],
    [
      "a collector that forwards where nothing is sealed",
      file({
        collectors:
          '<collector name="c1"><forwardTo collector="c2"/></collector><collector name="c2" security="none"/>',
      }),
      /collector c1 says security="sealed", collector c2 "none"/,
    ],
    [
      "security none on both sides",
      file({
        collectors: '<collector name="c1" security="none"/>',
        probes: '<probe name="p1" security="none"><sendTo collector="c1"/></probe>',
      }),
      null,
    ],
    [
      "a collector on all addresses, nobody says where",
      file({ collectors: '<collector name="c1" listen="[::]:7601"/>' }),
      /listens on :: port 7601, where nothing can be sent/,
    ],
    [
      "a collector on all addresses, the probe says where",
      file({
        collectors: '<collector name="c1" listen="0.0.0.0:7601"/>',
        probes: '<probe name="p1"><sendTo collector="c1" address="[2001:db8::1]:99"/></probe>',
      }),
      null,
    ],
    [
      "prefix lengths for hosts",
      file({ classes: '<flowClass name="a" account="yes"><partition v4Bits="24"/><ipCounters/></flowClass>' }),
      /means nothing with addresses="host"/,
    ],
    [
      "ports without protocol",
      file({
        classes: '<flowClass name="a" account="yes"><partition ports="yes" protocol="no"/><ipCounters/></flowClass>',
      }),
      /mixes the ports/,
    ],
    [
      "a rule on a probe that is not there",
      file({
        classes: '<flowClass name="a" account="yes"><match><onProbe is="p1 p2"/></match><ipCounters/></flowClass>',
      }),
      /"p2" is no probe of this file; allowed: p1/,
    ],
    ["32 classes", file({ classes: manyClasses(32) }), null],
    ["33 classes", file({ classes: manyClasses(33) }), /there are 33 classes; allowed: at most 32/],
    [
      "transactions without two-way delays",
      file({ classes: '<flowClass name="a" account="yes"><ipCounters/><transactions/></flowClass>' }),
      /has transactions but no twoWayDelays/,
    ],
    [
      "a port of two protocols",
      file({ protocols: '<requestProtocols http="80 8440-8450"/>' }),
      /attribute tls: tcp port 8443 is http's already, not tls's/,
    ],
    [
      "a port of a protocol and a signature",
      file({
        protocols: '<requestProtocols><signature name="s" transport="udp" ports="dns"/></requestProtocols>',
      }),
      /signature, attribute ports: udp port 53 is dns's already, not signature s's/,
    ],
    [
      "a port of one protocol over each transport, and of what is not understood",
      file({
        protocols: `<requestProtocols http="80" udp="0-65535" tcp="0-65535">
          <signature name="s" transport="tcp" ports="123"/></requestProtocols>`,
      }),
      null,
    ],
    [
      "a signature that ties requests only",
      file({
        protocols:
          '<requestProtocols><signature name="s" transport="tcp" ports="502" request="(?? ??)"/></requestProtocols>',
      }),
      /the request has brackets, the reply has none; allowed: brackets in both, or in neither/,
    ],
    [
      "a measurement twice",
      file({ classes: '<flowClass name="a" account="yes"><ipCounters/><ipCounters/></flowClass>' }),
      /the element ipCounters stands here twice/,
    ],
  ])("%s", (_, text, expected) => {
    const faults = faultsOf(text);
    if (expected === null) expect(faults).toEqual([]);
    else {
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatch(expected);
    }
  });
});

function manyClasses(n: number): string {
  return Array.from(
    { length: n },
    (_, i) => `<flowClass name="f${i}" account="${i === 0 ? "yes" : "no"}"><ipCounters/></flowClass>`,
  ).join("");
}

describe("match rules", () => {
  test.each<[string, unknown]>([
    ["<any/>", { kind: "any" }],
    ['<protocol is="udp tcp 47"/>', { kind: "protocol", protocols: [6, 17, 47] }],
    [
      '<protocol is="icmp"/><not><vlan is="0 10-20"/></not>',
      {
        kind: "and",
        rules: [
          { kind: "protocol", protocols: [1] },
          {
            kind: "not",
            rule: {
              kind: "vlan",
              ranges: [
                { from: 0, to: 0 },
                { from: 10, to: 20 },
              ],
            },
          },
        ],
      },
    ],
    [
      '<port is="http 8000-8080 8081" side="destination"/>',
      {
        kind: "port",
        side: "destination",
        ranges: [
          { from: 80, to: 80 },
          { from: 8000, to: 8081 },
        ],
      },
    ],
    [
      '<dscp is="ef 0"/>',
      {
        kind: "tos",
        ranges: [
          { from: 0, to: 3 },
          { from: 184, to: 187 },
        ],
      },
    ],
    ['<tos is="0x10"/>', { kind: "tos", ranges: [{ from: 16, to: 16 }] }],
    [
      '<source is="10.0.0.0/8"/>',
      { kind: "address", side: "source", prefixes: [{ bytes: Uint8Array.of(10, 0, 0, 0), bits: 8 }] },
    ],
    [
      '<or><onInterface is="eth0"/><onProbe is="p1"/></or>',
      {
        kind: "or",
        rules: [
          { kind: "interface", names: ["eth0"] },
          { kind: "probe", names: ["p1"] },
        ],
      },
    ],
  ])("%s", (text, rule) => {
    expect(ruleOf(text)).toEqual(rule);
  });

  test.each([
    ['<source is="10.0.0.1/8"/>', /10.0.0.1\/8 has bits set beyond its 8/],
    ['<source is="10.0.0.0/33"/>', /not allowed/],
    ['<source is="fe80::1%eth0"/>', /not allowed/],
    ['<port is="http htttp"/>', /htttp is no service of services.tsv/],
    ['<port is="80-70"/>', /not allowed/],
    ['<port is=""/>', /not allowed/],
    ['<dscp is="64"/>', /not allowed/],
    ['<vlan is="4096"/>', /not allowed/],
    ["<not><any/><any/></not>", /not holds 2 elements; allowed: at most 1/],
    ["<and/>", /and is empty/],
    ["", /match is empty/],
    ["<any>text</any>", /text is not allowed here/],
  ])("%s is refused", (text, expected) => {
    const classes = `<flowClass name="all" account="yes"><match>${text}</match><ipCounters/></flowClass>`;
    const faults = faultsOf(file({ classes }));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(expected);
  });
});

describe("signatures", () => {
  const stepsOf = (pattern: string) => {
    const protocols = `<requestProtocols><signature name="s" transport="udp" ports="9" request="${pattern}" reply="(00)"/></requestProtocols>`;
    const classes = '<flowClass name="all" account="yes"><ipCounters/><twoWayDelays/></flowClass>';
    const [all] = parseConfiguration(file({ protocols, classes }), "tmon.xml").flowClasses;
    return all?.measure.twoWayDelays?.ports.signatures[0]?.request?.steps;
  };
  const bytes = (values: number[], mask = values.map(() => 255)) => ({
    kind: "bytes",
    bytes: Uint8Array.from(values),
    mask: Uint8Array.from(mask),
  });

  test.each<[string, unknown]>([
    ["(0a ??) 'GET'", [{ kind: "open" }, bytes([10, 0], [255, 0]), { kind: "close" }, bytes([71, 69, 84])]],
    [
      "+4 ( *16 ) 0d",
      [{ kind: "pass", bytes: 4 }, { kind: "open" }, { kind: "seek", mostBytes: 16 }, { kind: "close" }, bytes([13])],
    ],
    ["(é)".replace("é", "'é'"), [{ kind: "open" }, bytes([0xc3, 0xa9]), { kind: "close" }]],
  ])("%s", (pattern, steps) => {
    expect(stepsOf(pattern)).toEqual(steps);
  });

  test.each([
    ["", /it is empty/],
    ["(0a", /a bracket is not closed/],
    ["0a)", /closed that was not opened/],
    ["()", /nothing within the brackets/],
    ["(0a) (0b)", /one pair of brackets only/],
    ["(0a) *5", /\* must be followed by bytes/],
    ["(0a) *5 +5", /\* must be followed by bytes/],
    ["(0a) 0ab", /"0ab" is no word of a pattern/],
    ["(0a) *2000 00", /more than 1024 bytes passed over/],
    ["(+65)", /more than 64 bytes within the brackets/],
    [`(0a) ${"00 ".repeat(170)}`, /more than 512 characters/],
  ])("%s is refused", (pattern, expected) => {
    expect(() => stepsOf(pattern)).toThrow(expected);
  });
});

describe("the hash", () => {
  const hashOf = (text: string) => parseConfiguration(text, "tmon.xml").hash;
  const plain = hashOf(file());

  test("is 16 hexadecimal digits, the same however the file is written", () => {
    expect(plain).toMatch(/^[0-9a-f]{16}$/);
    expect(hashOf(file().replace(/\n/g, "\r\n\r\n  <!-- note -->"))).toBe(plain);
    expect(
      hashOf(
        file({
          probes:
            '<probe maxPdu="1400" flushInterval="2000ms" name="p1"><sendTo collector="c1" rate="100Mbit/s"/></probe>',
        }),
      ),
    ).toBe(plain);
    expect(hashOf(file({ root: 'startAt="2030-01-01T00:00:00Z"' }))).toBe(plain);
  });

  test("differs when anything is meant differently", () => {
    expect(hashOf(file({ probes: '<probe name="p1" maxPdu="1399"><sendTo collector="c1"/></probe>' }))).not.toBe(plain);
    expect(hashOf(file({ collectors: '<collector name="c1" listen="127.0.0.1:7602"/>' }))).not.toBe(plain);
  });
});

test("a way has two hops or more, each at a place of its own that the file knows", () => {
  const probes = `<probe name="p1"><interface name="eth0"/><interface name="eth1"/><sendTo collector="c1"/></probe>
    <probe name="p2"><sendTo collector="c1"/></probe>`;
  const way = (hops: string) =>
    faultsOf(
      file({
        probes,
        classes: `<flowClass name="all" account="yes"><ipCounters/><oneWay>${hops}</oneWay></flowClass>`,
      }),
    );
  expect(way('<hop probe="p1" interface="eth0"/><hop probe="p1" interface="eth1"/><hop probe="p2"/>')).toEqual([]);
  expect(way('<hop probe="p1"/>')[0]).toMatch(/the way has one hop; allowed: two or more/);
  expect(way('<hop probe="p1"/><hop probe="p9"/>')[0]).toMatch(/"p9" is no probe of this file/);
  expect(way('<hop probe="p1" interface="eth2"/><hop probe="p2"/>')[0]).toMatch(/"eth2" is no interface/);
  for (const twice of ['<hop probe="p1"/><hop probe="p1" interface="eth0"/>', '<hop probe="p2"/><hop probe="p2"/>']) {
    expect(way(twice)[0]).toMatch(/an earlier hop is watched there already/);
  }
  expect(way("")[0]).toMatch(/the element hop is missing/);
});

test("routes pass every hop of the way, each once, and without any there is one along all hops", () => {
  const probes = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    .map((n) => `<probe name="p${n}"><sendTo collector="c1"/></probe>`)
    .join("");
  const hops = (count: number) => Array.from({ length: count }, (_, i) => `<hop probe="p${i + 1}"/>`).join("");
  const classes = (way: string) =>
    file({ probes, classes: `<flowClass name="all" account="yes"><ipCounters/><oneWay>${way}</oneWay></flowClass>` });
  const routesOf = (way: string) =>
    parseConfiguration(classes(way), "tmon.xml").flowClasses[0]!.measure.oneWay!.routes.map((route) => route.hops);
  expect(routesOf(hops(3))).toEqual([[1, 2, 3]]);
  expect(routesOf(`${hops(4)}<route hops="1 2 4"/><route hops="1 3 4"/>`)).toEqual([
    [1, 2, 4],
    [1, 3, 4],
  ]);
  const faults = (way: string) => faultsOf(classes(way));
  expect(faults(hops(9))[0]).toMatch(/the way has 9 hops; allowed: at most 8/);
  expect(faults(`${hops(3)}<route hops="1 2"/>`)[0]).toMatch(/no route passes hop 3/);
  expect(faults(`${hops(2)}<route hops="1 2 3"/>`)[0]).toMatch(/there is no hop 3; allowed: 1 to 2/);
  expect(faults(`${hops(2)}<route hops="1 2 1"/>`)[0]).toMatch(/hop 1 stands here twice/);
  expect(faults(`${hops(2)}<route hops="1 2"/><route hops="2"/>`)[0]).toMatch(/the route passes one hop/);
});

test("startAt is seconds and nanoseconds since the epoch", () => {
  const startAt = (text: string) => parseConfiguration(file({ root: `startAt="${text}"` }), "tmon.xml").startAt;
  expect(startAt("2026-03-01T00:00:00Z")).toEqual({ s: Date.UTC(2026, 2, 1) / 1000, nanos: 0 });
  expect(startAt("2026-03-01T01:30:00.25+01:30")).toEqual({ s: Date.UTC(2026, 2, 1) / 1000, nanos: 250_000_000 });
  expect(startAt("2026-02-28T23:00:00.000000001-01:00")).toEqual({ s: Date.UTC(2026, 2, 1) / 1000, nanos: 1 });
  for (const wrong of ["2026-02-30T00:00:00Z", "2026-03-01", "2026-03-01T24:00:00Z", "2026-03-01T00:00:00", "soon"]) {
    expect(faultsOf(file({ root: `startAt="${wrong}"` })), wrong).toHaveLength(1);
  }
});

test("--check shows every setting that will be used", () => {
  const classes = '<flowClass name="all" account="yes"><ipCounters/><twoWayDelays/></flowClass>';
  const given = file({ root: 'startAt="2026-03-01T00:00:00.5Z"', classes });
  const text = describeEffective(parseConfiguration(given, "tmon.xml"));
  for (const line of [
    "startAt 2026-03-01T00:00:00.5Z",
    "collector c1",
    "  maxPduBytes 1400",
    "  match any",
    "    tcpCounters -",
    "        tls 443 465 636 853 989-990 993 995 5061 8443",
  ]) {
    expect(text.split("\n")).toContain(line);
  }
});

test("a name that is not declared is told with those that are", () => {
  const configuration = parseConfiguration(file(), "tmon.xml");
  expect(probeNamed(configuration, "p1").name).toBe("p1");
  expect(() => probeNamed(configuration, "p9")).toThrow("cannot find the probe p9: the configuration has p1");
});

describe("health", () => {
  const withHealth = (attributes: string) =>
    file({ collectors: `<collector name="c1"><health ${attributes}/></collector>` });
  const placeOf = (attributes: string) => parseConfiguration(withHealth(attributes), "tmon.xml").collectors[0]?.health;

  test("it is told nowhere unless asked for", () => {
    const { collectors, probes } = parseConfiguration(file(), "tmon.xml");
    expect([collectors[0]?.health, probes[0]?.health]).toEqual([null, null]);
  });

  test("it is told on an address of this machine or a socket", () => {
    expect(placeOf('listen="127.0.0.1:7602"')).toEqual({ address: "127.0.0.1", port: 7602 });
    expect(placeOf('listen="[::1]:7602"')).toEqual({ address: "::1", port: 7602 });
    expect(placeOf('socket="/run/trafMon/c1.health"')).toEqual({ socket: "/run/trafMon/c1.health" });
  });

  test("other machines are told only where the file says so", () => {
    for (const listen of ["192.0.2.1:7602", "0.0.0.0:7602", "[::]:7602", "[2001:db8::1]:7602"]) {
      expect(faultsOf(withHealth(`listen="${listen}"`)).join()).toContain("can be reached from other machines");
      expect(faultsOf(withHealth(`listen="${listen}" open="yes"`))).toEqual([]);
    }
  });

  test("neither or both places are refused", () => {
    expect(faultsOf(withHealth("")).join()).toContain("neither an address nor a socket");
    expect(faultsOf(withHealth('listen="127.0.0.1:1" socket="/x"')).join()).toContain("not both");
  });
});

describe("alerts", () => {
  const inCollector = (alert: string) => file({ collectors: `<collector name="c1">${alert}</collector>` });
  const inClass = (alert: string) =>
    file({ classes: `<flowClass name="all" account="yes"><ipCounters/>${alert}</flowClass>` });

  test("levels are in the metric's own unit, whatever unit the file has", () => {
    const { flowClasses, collectors, probes } = parseConfiguration(
      file({
        collectors: `<collector name="c1"><alert name="a" metric="diskFree" below="10GB" clear="12GB"/>
          <onAlert program="/bin/page me"/><trapTo address="192.0.2.1:162"/></collector>`,
        probes: `<probe name="p1"><sendTo collector="c1"/><alert name="a" metric="lag" above="5min" severity="error"/></probe>`,
        classes: `<flowClass name="all" account="yes"><ipCounters/>
          <alert name="a" metric="bitRate" above="800Mbit" clear="0.7Gbit" for="3min"/></flowClass>`,
      }),
      "tmon.xml",
    );
    expect(collectors[0]?.alerts).toEqual([
      { name: "a", metric: "diskFree", isAbove: false, level: 1e10, clear: 1.2e10, forMs: 0, severity: "warning" },
    ]);
    expect(collectors[0]?.alertCommands).toEqual([
      { program: ["/bin/page", "me"], timeLimitMs: 10_000, user: "nobody" },
    ]);
    expect(collectors[0]?.trapTargets).toEqual([
      { address: "192.0.2.1", port: 162, version: "2c", credentialsFile: "/etc/trafMon/cred/c1.snmp" },
    ]);
    expect(probes[0]?.alerts).toMatchObject([{ metric: "lag", level: 300, clear: 300, severity: "error" }]);
    expect(flowClasses[0]?.alerts).toMatchObject([{ metric: "bitRate", level: 8e8, clear: 7e8, forMs: 180_000 }]);
  });

  test.each([
    ['<alert name="a" metric="diskFree"/>', "there is no level"],
    ['<alert name="a" metric="diskFree" above="1" below="2"/>', "as well"],
    ['<alert name="a" metric="diskFree" below="10%"/>', '"%" is no unit of diskFree'],
    ['<alert name="a" metric="diskFree" below="10GB" clear="9GB"/>', "cleared while it is raised"],
    ['<alert name="a" metric="refused" above="10" clear="11"/>', "cleared while it is raised"],
    ['<alert name="a" metric="bitRate" above="1Mbit"/>', "bitRate is none of a collector"],
    ['<alert name="a" metric="refused" above="1"/><alert name="A" metric="refused" above="2"/>', "stands in line"],
  ])("%s is refused", (alert, because) => {
    expect(faultsOf(inCollector(alert)).join()).toContain(because);
  });

  test("a class can only watch what it measures", () => {
    expect(faultsOf(inClass('<alert name="a" metric="packetRate" below="1"/>'))).toEqual([]);
    expect(faultsOf(inClass('<alert name="a" metric="delay" above="100ms"/>')).join()).toContain("needs twoWayDelays");
  });
});

describe("objectives", () => {
  const inClass = (objective: string, measured = "<twoWayDelays protocols='dns ntp'/><tcpCounters/>") =>
    file({
      classes: `<flowClass name="all" account="yes"><ipCounters/>${measured}${objective}</flowClass>`,
    });
  const hops = (count: number, routes = "") =>
    `<oneWay>${Array.from({ length: count }, (_, at) => `<hop probe="p1" interface="eth${at}"/>`).join("")}${routes}</oneWay>`;
  const objectivesIn = (text: string) => parseConfiguration(text, "tmon.xml").flowClasses[0]?.objectives;

  test("targets become nanoseconds and millionths, and what is not said has its default", () => {
    expect(
      objectivesIn(
        inClass(`<objective name="fast" metric="delay" protocol="dns" target="1.5ms" percentile="99.9" hours="99.5%"/>
          <objective name="there" metric="answered" protocol="ntp" target="99.9999%" samples="5" measured="50%"/>
          <objective name="clean" metric="retransmitted" target="0%"/>`),
      ),
    ).toEqual([
      {
        name: "fast",
        metric: "delay",
        target: 1_500_000,
        percentilePpm: 999_000,
        protocol: "dns",
        hops: null,
        hoursPpm: 995_000,
        samples: 20,
        measuredPpm: 950_000,
      },
      {
        name: "there",
        metric: "answered",
        target: 999_999,
        percentilePpm: null,
        protocol: "ntp",
        hops: null,
        hoursPpm: 1_000_000,
        samples: 5,
        measuredPpm: 500_000,
      },
      expect.objectContaining({ name: "clean", target: 0, protocol: null, percentilePpm: null }),
    ]);
  });

  test("without hops it is the first and the last of the first route", () => {
    const latency = (more = "") => `<objective name="a" metric="latency" target="80ms" ${more}/>`;
    expect(objectivesIn(inClass(latency(), hops(3)))).toMatchObject([{ hops: [1, 3], percentilePpm: 950_000 }]);
    expect(objectivesIn(inClass(latency('hops="2 3"'), hops(3)))).toMatchObject([{ hops: [2, 3] }]);
    const routes = '<route hops="3 1"/><route hops="3 2 1"/>';
    expect(objectivesIn(inClass(latency(), hops(3, routes)))).toMatchObject([{ hops: [3, 1] }]);
    expect(objectivesIn(inClass(latency('hops="2 1"'), hops(3, routes)))).toMatchObject([{ hops: [2, 1] }]);
    expect(faultsOf(inClass(latency('hops="1 2"'), hops(3, routes))).join()).toContain("allowed: 3 1, 3 2, 2 1");
  });

  test.each([
    ['<objective name="a" metric="jitter" target="1ms"/>', "delay or answered or latency"],
    ['<objective name="a" metric="delay" protocol="dns" target="99%"/>', "delay is no share"],
    ['<objective name="a" metric="answered" protocol="dns" target="10ms"/>', "answered is no duration"],
    ['<objective name="a" metric="answered" protocol="dns" target="0%"/>', "every hour would be within it"],
    ['<objective name="a" metric="retransmitted" target="100%"/>', "every hour would be within it"],
    ['<objective name="a" metric="answered" protocol="dns" target="99.99999%"/>', "at most four decimals"],
    ['<objective name="a" metric="answered" protocol="dns" target="101%"/>', "a share from 0% to 100%"],
    ['<objective name="a" metric="delay" protocol="dns" target="0ms"/>', "a duration up to 600s"],
    ['<objective name="a" metric="delay" protocol="dns" target="10"/>', "a duration up to 600s"],
    ['<objective name="a" metric="delay" target="10ms"/>', "delay is of one protocol; allowed: dns ntp"],
    ['<objective name="a" metric="delay" protocol="snmp" target="10ms"/>', "the class does not measure snmp"],
    ['<objective name="a" metric="retransmitted" protocol="dns" target="1%"/>', "retransmitted is of no requests"],
    ['<objective name="a" metric="retransmitted" target="1%" percentile="95"/>', "retransmitted has no percentiles"],
    ['<objective name="a" metric="retransmitted" target="1%" hops="1 2"/>', "retransmitted is of no hops"],
    ['<objective name="a" metric="loss" target="1%"/>', "loss needs oneWay"],
    ['<objective name="a" metric="delay" protocol="dns" target="10ms" percentile="0.5"/>', "a number from 1 to 100"],
    ['<objective name="a" metric="delay" protocol="dns" target="10ms" percentile="100.5"/>', "a number from 1 to 100"],
    ['<objective name="a" metric="retransmitted" target="1%" hours="0%"/>', "a share above 0%"],
    ['<objective name="a" metric="retransmitted" target="1%" measured="2"/>', "a share above 0%"],
    ['<objective name="a" metric="retransmitted" target="1%" samples="0"/>', "a whole number from 1"],
    ['<objective metric="retransmitted" target="1%"/>', "name"],
    [
      '<objective name="a" metric="retransmitted" target="1%"/><objective name="A" metric="retransmitted" target="2%"/>',
      "stands in line",
    ],
  ])("%s is refused", (objective, because) => {
    expect(faultsOf(inClass(objective)).join()).toContain(because);
  });

  test("all faults of objectives are told at once", () => {
    const two =
      '<objective name="a" metric="loss" target="1ms" percentile="5"/>\n<objective name="b" metric="delay" target="1%"/>';
    expect(faultsOf(inClass(two))).toHaveLength(5);
  });

  test("another target is another configuration", () => {
    const hashOf = (target: string) =>
      parseConfiguration(inClass(`<objective name="a" metric="retransmitted" target="${target}"/>`), "tmon.xml").hash;
    expect(hashOf("1%")).not.toBe(hashOf("1.0001%"));
    expect(hashOf("1%")).toBe(hashOf("1.0%"));
  });
});
