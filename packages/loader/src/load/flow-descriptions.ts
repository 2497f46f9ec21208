import { createHash } from "node:crypto";
import { observationTypes } from "@trafmon/observation";
import type { IdentityLists } from "./identity-lists.ts";
import { LEADING_FIELDS } from "./type-plan.ts";

/** Rows for the tables flow and flow_instance, ready for LOAD DATA. */
export interface FlowRows {
  flows: string;
  flowCount: number;
  instances: string;
  instanceCount: number;
}

const places = new Map<string, number>(
  observationTypes.flow.columns.map((column, index) => [column.name, index + LEADING_FIELDS]),
);
const at = (name: (typeof observationTypes.flow.columns)[number]["name"]) => places.get(name)!;

const FLOW_ID = at("flow_id");
const CLASS = at("class");
const DIRECTION = at("direction");
const STARTED = at("started");

/** What makes a flow the flow it is; the rest is its instance's. */
const DESCRIPTION = observationTypes.flow.columns
  .map((column) => column.name)
  .filter((name) => !["flow_id", "class", "direction", "started"].includes(name));

const ADDRESSES = new Set<string>(["fwd_address", "rev_address"]);

/** For LOAD DATA into the staging table of flow: columns in the order of `flows`. */
export const FLOW_LOAD_COLUMNS = [
  "flow_no",
  "@hash",
  "probe_no",
  "class_no",
  ...DESCRIPTION.map((name) => (ADDRESSES.has(name) ? `@${name}` : name)),
];
export const FLOW_LOAD_SET = [
  "description_hash = UNHEX(@hash)",
  ...[...ADDRESSES].map((name) => `${name} = INET6_ATON(@${name})`),
];
export const INSTANCE_LOAD_COLUMNS = ["run_no", "flow_id", "flow_no", "direction", "@started"];
export const INSTANCE_LOAD_SET = [
  "started = TIMESTAMPADD(MICROSECOND, CAST(@started AS UNSIGNED) DIV 1000, '1970-01-01')",
];

/**
 * Gives flow numbers to described flows: one per distinct description, so that a flow which idles out and returns keeps
 * its number. `lines`: fields of checked lines (latin1), with the run's number and the probe's.
 */
export async function numberDescribedFlows(
  lines: readonly { readonly fields: readonly string[]; readonly runNo: number; readonly probeNo: number }[],
  classNoOf: (field: string) => number,
  lists: IdentityLists,
): Promise<FlowRows> {
  const described = lines.map((line) => {
    const classNo = classNoOf(line.fields[CLASS]!);
    const text = DESCRIPTION.map((name) => line.fields[places.get(name)!]!).join("\t");
    const hash = createHash("sha256")
      .update(`${line.probeNo}\t${classNo}\t${text}`, "latin1")
      .digest("hex")
      .slice(0, 32);
    return { ...line, classNo, text, hash };
  });
  const numbers = await lists.numberFlows(described.map((each) => each.hash));
  const rows: FlowRows = { flows: "", flowCount: 0, instances: "", instanceCount: 0 };
  const written = new Set<string>();
  for (const { fields, runNo, probeNo, classNo, text, hash } of described) {
    const { flowNo, isNew } = numbers.get(hash)!;
    if (isNew && !written.has(hash)) {
      written.add(hash);
      rows.flows += `${flowNo}\t${hash}\t${probeNo}\t${classNo}\t${text}\n`;
      rows.flowCount++;
    }
    lists.setFlow(runNo, Number(fields[FLOW_ID]), flowNo, classNo);
    rows.instances += `${runNo}\t${fields[FLOW_ID]}\t${flowNo}\t${fields[DIRECTION]}\t${fields[STARTED]}\n`;
    rows.instanceCount++;
  }
  return rows;
}
