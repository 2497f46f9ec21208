import { column } from "../column.ts";
import { observationType } from "../observation-type.ts";

const nullable = { nullable: true } as const;
const follows = { follows: true } as const;

export const flow = observationType({
  name: "flow",
  code: 1,
  family: "identity",
  title: "Flow instance",
  meaning:
    "What a flow id of this probe run stands for, as the class's partition rule tells instances apart. What the rule leaves out is null.",
  columns: [
    column("flow_id", "count", "number of the instance, never used again within the run", follows),
    column("class", "text", "flow class", follows),
    column("account", "bool", "whether the class feeds the volume tables"),
    column("two_way", "bool", "whether both directions make one instance"),
    column("direction", "symbol", "what settled which way is forward", {
      symbols: ["syn", "synack", "service", "first", "from", "lower", "overflow"],
    }),
    column("ip_version", "count", "4 or 6", nullable),
    column("protocol", "count", "IP protocol number", nullable),
    column("fwd_address", "address", "sender of forward packets, or its prefix", nullable),
    column("fwd_prefix_length", "count", "bits of the prefix; 32 or 128 for one address", nullable),
    column("rev_address", "address", "sender of reverse packets, or its prefix", nullable),
    column("rev_prefix_length", "count", "bits of the prefix; 32 or 128 for one address", nullable),
    column("fwd_port", "count", "port of the forward sender", nullable),
    column("rev_port", "count", "port of the reverse sender", nullable),
    column("service", "text", "service by the precedence of the known ports", nullable),
    column("tos", "count", "ToS or traffic class octet", nullable),
    column("vlan", "count", "outermost VLAN id, 0 for untagged", nullable),
    column("interface", "text", "interface the packets were captured on", nullable),
    column("tap_group", "text", "tap group of that interface", nullable),
    column("started", "instant", "first packet"),
  ],
});

export const flowend = observationType({
  name: "flowend",
  code: 2,
  family: "identity",
  title: "Flow end",
  meaning: "A flow instance has ended; its id is not used again.",
  columns: [
    column("flow_id", "count", "number of the instance", follows),
    column("ended", "instant", "last packet"),
    column("reason", "symbol", "why it ended", { symbols: ["idle", "evicted", "stop", "switch"] }),
  ],
});

export const slice = observationType({
  name: "slice",
  code: 3,
  family: "identity",
  title: "Histogram slice",
  meaning: "Bounds of one slice of a class's distribution, half-open [lower, upper).",
  columns: [
    column("class", "text", "flow class", follows),
    column("metric", "text", "observation type the slices divide", follows),
    column("slice", "count", "number of the slice, from 0", follows),
    column("lower", "count", "lower bound, included: bytes for ipsz, nanoseconds for delays", follows),
    column("upper", "count", "upper bound, not included; null for the last", nullable),
  ],
});

export const owhop = observationType({
  name: "owhop",
  code: 4,
  family: "identity",
  title: "One-way hop",
  meaning: "Where a hop of a class's route is watched.",
  columns: [
    column("class", "text", "flow class", follows),
    column("hop", "count", "number of the hop, from 1 in the direction of travel", follows),
    column("probe_name", "text", "probe that watches it"),
    column("interface", "text", "interface it is watched on", nullable),
  ],
});

export const objective = observationType({
  name: "objective",
  code: 5,
  family: "identity",
  title: "Objective",
  meaning:
    "What a class promises from an instant on, until the next announcement of the same probe for the class. All objectives of a class are announced together, and a class without any has one record with the metric none. Shares are in millionths.",
  columns: [
    column("class", "text", "flow class", follows),
    column("since", "instant", "since when it holds: first instant that the probe saw under this configuration"),
    column("objective", "text", "name of the objective; empty for none"),
    column("metric", "symbol", "what is promised", {
      symbols: ["none", "delay", "answered", "latency", "variation", "loss", "retransmitted"],
    }),
    column(
      "target",
      "count",
      "the most, of answered the least: nanoseconds, of answered, loss and retransmitted millionths",
    ),
    column("percentile", "count", "which percentile of an hour's samples is meant, millionths", nullable),
    column("protocol", "text", "request/response protocol, of delay and answered", nullable),
    column("from_hop", "count", "earlier hop, of latency, variation and loss", nullable),
    column("to_hop", "count", "later hop, of these", nullable),
    column("hours", "count", "least share of the judged hours within the target, millionths"),
    column("samples", "count", "least samples of an hour that is judged"),
    column("measured", "count", "least share of an hour, and of the hours of a period, measured, millionths"),
  ],
});
