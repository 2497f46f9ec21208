import { FLAG_IPV6, FLAG_PORTS, FLAG_TRANSPORT } from "@trafmon/packet";
import type { Prefix } from "@trafmon/settings";
import { describe, expect, test } from "vitest";
import { analysed } from "../testing/analysed.ts";
import { FIVE_TUPLE, flowClass, HOST_PAIR } from "../testing/analysis-settings.ts";
import type { PacketFields } from "../testing/packet-record-builder.ts";

const HEADER = FLAG_TRANSPORT | FLAG_PORTS;
const host = (last: number, third = 0) => Uint8Array.of(10, 0, third, last);
const prefix = (bits: number, ...bytes: number[]): Prefix => ({ bytes: Uint8Array.from(bytes), bits });

function tcp(sourcePort: number, destinationPort: number, more: PacketFields = {}): PacketFields {
  return {
    protocol: 6,
    sourcePort,
    destinationPort,
    tcpFlags: 0x10,
    flags: HEADER,
    s: 1000,
    source: host(9),
    destination: host(1),
    ...more,
  };
}

/** The packet the other way. */
function answer(packet: PacketFields): PacketFields {
  const { source, destination, sourcePort, destinationPort, ...rest } = packet;
  const swapped = { sourcePort: destinationPort!, destinationPort: sourcePort! };
  return { ...rest, ...swapped, source: destination!, destination: source! };
}

describe("direction, both ports in the partition", () => {
  const direction = (...packets: PacketFields[]) => {
    const [flow] = analysed(packets, [flowClass()]).of("flow");
    return [flow!.direction, flow!.fwd_port, flow!.rev_port];
  };

  test("from the sender of the first SYN", () => {
    expect(direction(tcp(80, 443, { tcpFlags: 0x02 }))).toEqual(["syn", 80, 443]);
  });
  test("else from the receiver of a SYN-ACK", () => {
    expect(direction(tcp(6000, 7000, { tcpFlags: 0x12 }))).toEqual(["synack", 7000, 6000]);
  });
  test("else towards the service's port", () => {
    expect(direction(tcp(80, 5000))).toEqual(["service", 5000, 80]);
    expect(direction(tcp(5000, 80))).toEqual(["service", 5000, 80]);
  });
  test("else from the sender of the first packet, and so where both ports are the service's", () => {
    expect(direction(tcp(7000, 6000))).toEqual(["first", 7000, 6000]);
    expect(direction(tcp(80, 80))).toEqual(["first", 80, 80]);
  });
  test("it is fixed with the first packet", () => {
    expect(direction(tcp(7000, 6000), answer(tcp(7000, 6000, { tcpFlags: 0x02 })))).toEqual(["first", 7000, 6000]);
  });
});

describe("direction, without both ports", () => {
  const flowOf = (packet: PacketFields, from: readonly Prefix[], partition = HOST_PAIR) => {
    const kept = analysed([packet, answer(packet)], [flowClass({ partition, from })]);
    const [flow] = kept.of("flow");
    expect(kept.of("flow")).toHaveLength(1);
    expect(kept.of("ipct")[0]).toMatchObject({ fwd_packets: 1, rev_packets: 1 });
    return [flow!.direction, flow!.fwd_address?.join(".") ?? null, flow!.rev_address?.join(".") ?? null];
  };

  test("from the class's side, else from the numerically lower address", () => {
    expect(flowOf(tcp(1, 2), [prefix(32, 10, 0, 0, 9)])).toEqual(["from", "10.0.0.9", "10.0.0.1"]);
    expect(flowOf(tcp(1, 2), [])).toEqual(["lower", "10.0.0.1", "10.0.0.9"]);
    expect(flowOf(tcp(1, 2), [prefix(8, 10, 0, 0, 0)])).toEqual(["lower", "10.0.0.1", "10.0.0.9"]);
    // 200 is above 9 only when bytes are unsigned.
    expect(flowOf(tcp(1, 2, { source: Uint8Array.of(200, 0, 0, 1) }), [])[1]).toBe("10.0.0.1");
  });

  test("within one prefix, or where addresses are left out, each packet's own addresses say it", () => {
    const net = { ...HOST_PAIR, addresses: { v4Bits: 24, v6Bits: 64 } };
    expect(flowOf(tcp(1, 2), [], net)).toEqual(["lower", "10.0.0.0", "10.0.0.0"]);
    expect(flowOf(tcp(1, 2), [], { ...HOST_PAIR, addresses: null })).toEqual(["lower", null, null]);
  });

  test("ICMP has no ports, in a class of ports as well", () => {
    const icmp = { protocol: 1, icmpType: 8, flags: FLAG_TRANSPORT, source: host(9), destination: host(1) };
    const kept = analysed([icmp, { ...icmp, icmpType: 0, source: host(1), destination: host(9) }], [flowClass()]);
    expect(kept.of("flow")).toMatchObject([{ protocol: 1, fwd_port: null, rev_port: null, direction: "lower" }]);
  });
});

describe("partition", () => {
  const count = (packets: PacketFields[], partition: Partial<typeof FIVE_TUPLE>) =>
    analysed(packets, [flowClass({ partition: { ...HOST_PAIR, protocol: false, ...partition } })]).of("flow").length;
  const variants: [string, PacketFields, Partial<typeof FIVE_TUPLE>][] = [
    ["protocol", { protocol: 17 }, { protocol: true }],
    ["ports", { sourcePort: 3 }, { ports: true }],
    ["service", { destinationPort: 443 }, { service: true }],
    ["tos", { tos: 8 }, { tos: true }],
    ["vlan", { vlan: 8 }, { vlan: true }],
    ["interface", { interface: 1 }, { interface: true }],
  ];

  test.each(variants)("%s tells apart when it is asked for, and only then", (_, change, asked) => {
    expect(count([tcp(5000, 80), tcp(5000, 80, change)], asked)).toBe(2);
    expect(count([tcp(5000, 80), tcp(5000, 80, change)], {})).toBe(1);
  });

  test("what the rule leaves out is null", () => {
    const partition = { ...HOST_PAIR, addresses: null, protocol: false };
    expect(analysed([tcp(5000, 80)], [flowClass({ partition })]).of("flow")[0]).toMatchObject({
      ip_version: null,
      protocol: null,
      fwd_address: null,
      fwd_prefix_length: null,
      fwd_port: null,
      service: null,
      tos: null,
      vlan: null,
      interface: null,
      tap_group: null,
    });
  });

  test("prefixes are kept by their bits, IPv6 by its own", () => {
    const partition = { ...HOST_PAIR, addresses: { v4Bits: 16, v6Bits: 20 } };
    const v6 = {
      flags: HEADER | FLAG_IPV6,
      source: new Uint8Array(16).fill(255),
      destination: new Uint8Array(16).fill(1),
    };
    const [v4Flow, v6Flow] = analysed(
      [tcp(1, 2, { source: host(9, 3) }), tcp(1, 2, v6)],
      [flowClass({ partition })],
    ).of("flow");
    expect(v4Flow).toMatchObject({ ip_version: 4, fwd_prefix_length: 16, fwd_address: Uint8Array.of(10, 0, 0, 0) });
    expect(v6Flow!.rev_address).toEqual(Uint8Array.of(255, 255, 240, ...new Uint8Array(13)));
  });

  test("one way, the directions are instances of their own and all is forward", () => {
    const kept = analysed(
      [tcp(5000, 80), answer(tcp(5000, 80))],
      [flowClass({ partition: { ...FIVE_TUPLE, twoWay: false } })],
    );
    expect(kept.of("flow").map(({ fwd_port }) => fwd_port)).toEqual([5000, 80]);
    expect(kept.of("ipct").map(({ fwd_packets, rev_packets }) => [fwd_packets, rev_packets])).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });
});

describe("life of an instance", () => {
  const at = (s: number, nanos = 0) => tcp(5000, 9999, { s, nanos, protocol: 17 });

  test("it ends when it has been idle for longer than the class says, to the nanosecond", () => {
    const flows = (...packets: PacketFields[]) => analysed(packets, [flowClass({ idleS: 30 })]).of("flow").length;
    expect(flows(at(1000, 5), at(1030, 5))).toBe(1);
    expect(flows(at(1000, 5), at(1030, 6))).toBe(2);
  });

  test("its end names its last packet", () => {
    const kept = analysed([at(1000, 5), at(1001, 7), at(1050)], [flowClass({ idleS: 30 })]);
    expect(kept.of("flowend")).toMatchObject([
      { flow_id: 1, ended_s: 1001, ended_nanos: 7, reason: "idle" },
      { flow_id: 2, ended_s: 1050, reason: "stop" },
    ]);
  });

  test("an interval is written the lateness after its end, and what is later makes a further record", () => {
    const kept = analysed([at(960), at(1021), at(1022), at(970), at(1023), at(1024)], [flowClass()]);
    expect(kept.of("ipct").map(({ interval_start_s, fwd_packets }) => [interval_start_s, fwd_packets])).toEqual([
      [960, 1],
      [1020, 2],
      [960, 1],
      [1020, 2],
    ]);
  });

  test("with no slot free packets count in the overflow instance, until slots are free again", () => {
    const hosts = Array.from({ length: 5 }, (_, index) => tcp(5000, 80, { protocol: 17, source: host(20 + index) }));
    const packets = [...hosts, ...hosts, ...hosts.map((packet) => ({ ...packet, s: 1060 }))];
    const kept = analysed(packets, [flowClass({ idleS: 30 })], { maxFlows: 2 });
    const [overflow] = kept.of("flow").filter(({ direction }) => direction === "overflow");
    expect(overflow).toMatchObject({ fwd_address: null, fwd_port: null, protocol: null });
    const counted = kept.of("ipct").filter((each) => each.flow_id === overflow!.flow_id);
    expect(counted[0]).toMatchObject({ interval_start_s: 960, fwd_packets: 0, rev_packets: 6 });
    expect(kept.of("event")[0]).toMatchObject({ code: "flows_overflowed", parameters: '{"tuples":3}' });
    expect(kept.sum("ipct", "fwd_packets") + kept.sum("ipct", "rev_packets")).toBe(15);
  });

  test("silent instances make room for new ones, counted as evicted", () => {
    const packets = [1, 2, 3, 4].map((index) =>
      tcp(5000, 80, { protocol: 17, source: host(index), s: 1000 + 15 * index }),
    );
    const kept = analysed(packets, [flowClass()], { maxFlows: 2 });
    expect(kept.of("flowend").filter(({ reason }) => reason === "evicted")).toHaveLength(2);
    expect(kept.of("flow").some(({ direction }) => direction === "overflow")).toBe(false);
  });
});
