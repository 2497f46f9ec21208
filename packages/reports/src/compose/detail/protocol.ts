import type { DetailAsking } from "../../ask/detail/detail-asking.ts";
import type { FlowWords } from "../../ask/detail/flows.ts";
import type { Topic } from "../definitions.ts";
import type { Block, Table } from "../model.ts";

/** One of the reports of a set: a PDF of its own. */
export interface DetailProtocol {
  /** Name of its files. */
  readonly name: string;
  readonly title: string;
  readonly intro: string;
  /** What its words mean. */
  readonly topics: readonly Topic[];
  /** Whether it tells medians and percentiles, which are kept by the UTC hour. */
  readonly hasHistograms?: boolean;
  readonly make: (asking: DetailAsking) => Promise<DetailFindings>;
}

export interface DetailFindings {
  /** All that is told of, a row each. */
  readonly overview: Table;
  readonly instances: readonly DetailInstance[];
  /** UTC hours that a midnight of the zone cuts and that nothing can tell apart; none where days begin on the hour. */
  readonly wholeHours?: readonly string[];
}

/** A flow instance, or a pair of hops, with its pages. */
export interface DetailInstance {
  readonly id: string;
  readonly title: string;
  readonly intro: string;
  readonly blocks: readonly Block[];
}

/** `www01.example.org:443`, or the address where there is no name; `any host` where the class does not tell. */
function endLabel({ name, address, prefixLength, port }: FlowWords["fwd"]): string {
  if (address === null) return "any host";
  const isHost = prefixLength === null || prefixLength === (address.includes(":") ? 128 : 32);
  const host = name !== null && isHost ? name : isHost ? address : `${address}/${prefixLength}`;
  if (port === null) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

export function flowTitle({ fwd, rev, service }: FlowWords): string {
  const what = service === null ? "" : `, ${service}`;
  return `${endLabel(fwd)} – ${endLabel(rev)}${what}`;
}

/** Who A and B of an instance's tables are. */
export function flowIntro({ fwd, rev, className, probe }: FlowWords): string {
  const side = (letter: string, end: FlowWords["fwd"]) =>
    `${letter} is ${endLabel(end)}${end.name !== null && end.address !== null ? ` (${end.address})` : ""}`;
  return `${side("A", fwd)}, ${side("B", rev)}. Flow class ${className}, seen by probe ${probe}.`;
}

/** Columns that name a flow in an overview. */
export const FLOW_COLUMNS: Table["columns"] = [
  { label: "A", kind: "text", csv: "a" },
  { label: "B", kind: "text", csv: "b" },
  { label: "Service", kind: "text", csv: "service" },
  { label: "Address A", kind: "text", csv: "a_address", csvOnly: true },
  { label: "Address B", kind: "text", csv: "b_address", csvOnly: true },
  { label: "Class", kind: "text", csv: "flow_class", csvOnly: true },
  { label: "Probe", kind: "text", csv: "probe", csvOnly: true },
];

export function flowCells({ fwd, rev, service, className, probe }: FlowWords) {
  return [endLabel(fwd), endLabel(rev), service ?? "", fwd.address, rev.address, className, probe];
}

/** Name of an instance's files and its place in links: `flow-03`. */
export function instanceId(at: number): string {
  return `flow-${String(at + 1).padStart(2, "0")}`;
}
