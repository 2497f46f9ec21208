import { type ObservationName, observationTypes } from "@trafmon/observation";
import type { StagedFile } from "./batch.ts";
import { CheckedLines, limitOf, textOf } from "./checked-lines.ts";
import {
  FLOW_LOAD_COLUMNS,
  FLOW_LOAD_SET,
  INSTANCE_LOAD_COLUMNS,
  INSTANCE_LOAD_SET,
  numberDescribedFlows,
} from "./flow-descriptions.ts";
import type { IdentityLists } from "./identity-lists.ts";
import { instantText } from "./instant-text.ts";
import type { LineSlice } from "./line-slices.ts";
import type { Staging } from "./staging.ts";
import type { TableColumn } from "./table-columns.ts";
import { LEADING_FIELDS, listLimits } from "./type-plan.ts";

export interface IdentityFilesOptions {
  readonly lists: IdentityLists;
  readonly staging: Staging;
  readonly tables: ReadonlyMap<string, readonly TableColumn[]>;
}

const FLOWS = {
  name: "stage_flow",
  like: "flow",
  columns: "*",
  loadColumns: FLOW_LOAD_COLUMNS,
  loadSet: FLOW_LOAD_SET,
};
const INSTANCES = {
  name: "stage_flow_instance",
  like: "flow_instance",
  columns: "run_no, flow_id, flow_no, direction, started",
  loadColumns: INSTANCE_LOAD_COLUMNS,
  loadSet: INSTANCE_LOAD_SET,
};
const ENDS = {
  name: "stage_flow_end",
  like: "flow_instance",
  columns: "run_no, flow_id, ended, end_reason",
  loadColumns: ["run_no", "flow_id", "@ended", "end_reason"],
  loadSet: ["ended = TIMESTAMPADD(MICROSECOND, CAST(@ended AS UNSIGNED) DIV 1000, '1970-01-01')"],
};
/** Where what identity files say ends up. */
const IDENTITY_TABLES: Readonly<Record<string, string>> = {
  flow: "flow",
  flowend: "flow_instance",
  slice: "slice",
  owhop: "hop",
  objective: "objective",
};
/** Takes what identity files say: flows and their ends, slices, hops, objectives. */
export class IdentityFiles {
  readonly #options: IdentityFilesOptions;
  readonly #checks = new Map<ObservationName, CheckedLines>();

  constructor(options: IdentityFilesOptions) {
    this.#options = options;
  }

  /** What takes the slices of a file of this type. */
  takerOf(type: ObservationName, staged: Omit<StagedFile, "sha256">) {
    const checked = this.#checksOf(type);
    return {
      header: checked.header,
      slice: async (slice: LineSlice): Promise<boolean> => {
        const lines: string[][] = [];
        checked.each(slice.bytes, slice.firstLineNo, staged.refusals, (fields) => lines.push(fields));
        await this.#take(type, lines);
        staged.linesLoaded += lines.length;
        return true;
      },
    };
  }

  #checksOf(type: ObservationName): CheckedLines {
    let checked = this.#checks.get(type);
    if (checked === undefined) {
      const table = IDENTITY_TABLES[type as string]!;
      const columns = this.#options.tables.get(table) ?? [];
      const limits = observationTypes[type].columns.flatMap((column, index) => {
        const target = columns.find((each) => each.name === (column.name === "reason" ? "end_reason" : column.name));
        const limit = target === undefined ? null : limitOf(index + LEADING_FIELDS, column.name, target);
        // Times and addresses stand in the log in another form than in the table.
        return limit === null || ["instant", "second", "address"].includes(column.kind) ? [] : [limit];
      });
      checked = new CheckedLines(observationTypes[type], [
        ...listLimits(observationTypes[type], this.#options.tables),
        ...limits,
      ]);
      this.#checks.set(type, checked);
    }
    return checked;
  }

  async #take(type: ObservationName, lines: readonly string[][]): Promise<void> {
    const { lists, staging } = this.#options;
    const runNoOf = (fields: readonly string[]) => lists.runNo(textOf(fields[0]!), fields[1]!);
    if (type === "flow") {
      const described = lines.map((fields) => ({
        fields,
        runNo: runNoOf(fields),
        probeNo: lists.probeNo(textOf(fields[0]!)),
      }));
      const rows = await numberDescribedFlows(described, (field) => lists.classNo(textOf(field)), lists);
      await staging.addTo(FLOWS, rows.flows, rows.flowCount);
      await staging.addTo(INSTANCES, rows.instances, rows.instanceCount);
    } else if (type === "flowend") {
      const rows = lines.map((fields) => `${runNoOf(fields)}\t${fields[3]}\t${fields[4]}\t${fields[5]}\n`);
      await staging.addTo(ENDS, rows.join(""), rows.length);
    } else if (type === "slice") {
      for (const fields of lines) {
        const [className, metric, slice, lower, upper] = fields.slice(LEADING_FIELDS) as [
          string,
          string,
          string,
          string,
          string,
        ];
        lists.announceSlice(runNoOf(fields), textOf(className), textOf(metric), Number(slice), lower, orNull(upper));
      }
    } else if (type === "objective") {
      for (const fields of lines) {
        const [className, since, name, metric, target, ...rest] = fields.slice(LEADING_FIELDS);
        const [percentile, protocol, fromHop, toHop, hours, samples, measured] = rest.map(orNull);
        lists.announceObjective(
          runNoOf(fields),
          textOf(className!),
          instantText(Number(since!.slice(0, -3))),
          textOf(name!),
          metric!,
          target!,
          percentile!,
          protocol === null ? null : textOf(protocol!),
          fromHop!,
          toHop!,
          hours!,
          samples!,
          measured!,
        );
      }
    } else {
      for (const fields of lines) {
        const [className, hop, probe, interfaceName] = fields.slice(LEADING_FIELDS) as [string, string, string, string];
        lists.announceHop(
          textOf(className),
          Number(hop),
          textOf(probe),
          orNull(interfaceName) === null ? null : textOf(interfaceName),
        );
      }
    }
  }
}

function orNull(field: string): string | null {
  return field === "\\N" ? null : field;
}
