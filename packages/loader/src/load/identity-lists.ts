import type { Connection, RowDataPacket } from "@trafmon/database";

/** Where a flow id of a run leads. */
export interface KnownFlow {
  readonly flowNo: number;
  readonly classNo: number;
}

/** Numbers given and not in the database yet, as rows of the lists. */
export interface NewRows {
  readonly probes: [no: number, name: string][];
  readonly runs: [no: number, probeNo: number, run: string][];
  readonly classes: [no: number, name: string][];
  readonly slices: [no: number, classNo: number, metric: string, slice: number, lower: string, upper: string | null][];
  readonly runSlices: [runNo: number, classNo: number, metric: string, slice: number, sliceNo: number][];
  readonly hops: [classNo: number, hop: number, probe: string, interfaceName: string | null][];
  readonly objectives: AnnouncedObjective[];
}

/** A row of `objective`, as the table has its columns. */
export type AnnouncedObjective = readonly [
  runNo: number,
  classNo: number,
  since: string,
  objective: string,
  metric: string,
  target: string,
  percentile: string | null,
  protocol: string | null,
  fromHop: string | null,
  toHop: string | null,
  hours: string,
  samples: string,
  measured: string,
];

type Rest<Row> = Row extends readonly [unknown, unknown, ...infer R] ? R : never;

/** Flow and class numbers travel in one double: 40 bits and 12. */
const CLASS_FACTOR = 4096;
/** Ids kept in memory between batches; more are looked up again. */
const MAX_CACHED_IDS = 2_000_000;
const LOOKUP_ROWS = 1000;

/**
 * The persistent lists: which number of ours stands for which probe, run, class, slice and flow. New numbers are given
 * in memory while lines are read, and become rows in the batch's transaction; `commit` and `rollback` follow it. Only
 * one loader works on a database at a time, so nobody else gives numbers.
 */
export class IdentityLists {
  #connection: Connection;
  readonly #maxCachedIds: number;
  #probes = new Map<string, number>();
  #runs = new Map<string, number>();
  /** Probe number by run number. */
  #probeOfRun: number[] = [];
  #classes = new Map<string, number>();
  #slices = new Map<string, number>();
  #runSlices = new Map<string, number>();
  /** Per run: flow id to flow and class number. */
  #flows = new Map<number, Map<number, number>>();
  #cachedIds = 0;
  /** Description hash (hexadecimal) to flow number, of flows that are not committed yet. */
  #newHashes = new Map<string, number>();
  #nextFlowNo = 1;
  #newRows: NewRows = noRows();

  constructor(connection: Connection, maxCachedIds = MAX_CACHED_IDS) {
    this.#connection = connection;
    this.#maxCachedIds = maxCachedIds;
  }

  /** Reads the lists. Must be done once before the first batch, and is done again after a rollback. */
  async read(): Promise<void> {
    const all = async (sql: string) => (await this.#connection.query<RowDataPacket[]>(sql))[0];
    this.#probes = new Map((await all("SELECT name, probe_no FROM probe")).map((row) => [row.name, row.probe_no]));
    this.#runs = new Map(
      (await all("SELECT probe_no, run, run_no FROM probe_run")).map((row) => [
        `${row.probe_no} ${row.run}`,
        row.run_no,
      ]),
    );
    this.#probeOfRun = [];
    for (const [key, runNo] of this.#runs) this.#probeOfRun[runNo] = Number.parseInt(key, 10);
    this.#classes = new Map(
      (await all("SELECT name, class_no FROM flow_class")).map((row) => [row.name, row.class_no]),
    );
    this.#slices = new Map(
      (await all("SELECT * FROM slice")).map((row) => [
        `${row.class_no} ${row.metric} ${row.slice} ${row.lower} ${row.upper}`,
        row.slice_no,
      ]),
    );
    this.#runSlices = new Map(
      (await all("SELECT * FROM run_slice")).map((row) => [
        `${row.run_no} ${row.class_no} ${row.metric} ${row.slice}`,
        row.slice_no,
      ]),
    );
    this.#nextFlowNo = Number((await all("SELECT COALESCE(MAX(flow_no), 0) + 1 AS next FROM flow"))[0]!.next);
    this.#flows = new Map();
    this.#cachedIds = 0;
    this.#newHashes = new Map();
    this.#newRows = noRows();
  }

  /**
   * A batch is read from now on, and looked up through this connection. Only here may ids be forgotten: while a batch is
   * read, one that was just looked up has to stay known.
   */
  beginBatch(connection: Connection): void {
    this.#connection = connection;
    if (this.#cachedIds > this.#maxCachedIds) this.forgetFlows();
  }

  /** The rows that a batch which has been read must insert. */
  takeNewRows(): NewRows {
    const taken = this.#newRows;
    this.#newRows = noRows();
    return taken;
  }

  /** Flows described so far are in the database. Another batch may be read at the same time. */
  commit(): void {
    this.#newHashes = new Map();
  }

  /**
   * A batch did not get into the database: all numbers given and not committed are forgotten. No other batch may be read
   * or merged meanwhile, or its numbers would be given again.
   */
  async rollback(): Promise<void> {
    await this.read();
  }

  /** Looks the ids of runs up again: flows may have been removed from the database. */
  forgetFlows(): void {
    this.#flows = new Map();
    this.#cachedIds = 0;
  }

  runNo(probe: string, run: string): number {
    let probeNo = this.#probes.get(probe);
    if (probeNo === undefined) {
      probeNo = this.#probes.size + 1;
      this.#probes.set(probe, probeNo);
      this.#newRows.probes.push([probeNo, probe]);
    }
    const key = `${probeNo} ${run}`;
    let runNo = this.#runs.get(key);
    if (runNo === undefined) {
      runNo = this.#runs.size + 1;
      this.#runs.set(key, runNo);
      this.#probeOfRun[runNo] = probeNo;
      this.#newRows.runs.push([runNo, probeNo, run]);
    }
    return runNo;
  }

  probeNo(probe: string): number {
    return this.#probes.get(probe)!;
  }

  probeOfRun(runNo: number): number {
    return this.#probeOfRun[runNo]!;
  }

  classNo(name: string): number {
    let classNo = this.#classes.get(name);
    if (classNo === undefined) {
      classNo = this.#classes.size + 1;
      if (classNo >= CLASS_FACTOR) throw new Error(`more than ${CLASS_FACTOR - 1} flow classes in one database`);
      this.#classes.set(name, classNo);
      this.#newRows.classes.push([classNo, name]);
    }
    return classNo;
  }

  /** Number of the slice that a run's records mean, or undefined when it has not been announced. */
  sliceNo(runNo: number, classNo: number, metric: string, slice: number): number | undefined {
    return this.#runSlices.get(`${runNo} ${classNo} ${metric} ${slice}`);
  }

  announceSlice(runNo: number, className: string, metric: string, slice: number, lower: string, upper: string | null) {
    const classNo = this.classNo(className);
    const bounds = `${classNo} ${metric} ${slice} ${lower} ${upper}`;
    let sliceNo = this.#slices.get(bounds);
    if (sliceNo === undefined) {
      sliceNo = this.#slices.size + 1;
      this.#slices.set(bounds, sliceNo);
      this.#newRows.slices.push([sliceNo, classNo, metric, slice, lower, upper]);
    }
    const key = `${runNo} ${classNo} ${metric} ${slice}`;
    if (this.#runSlices.get(key) === sliceNo) return;
    this.#runSlices.set(key, sliceNo);
    this.#newRows.runSlices.push([runNo, classNo, metric, slice, sliceNo]);
  }

  announceHop(className: string, hop: number, probe: string, interfaceName: string | null): void {
    this.#newRows.hops.push([this.classNo(className), hop, probe, interfaceName]);
  }

  announceObjective(runNo: number, className: string, ...rest: Rest<AnnouncedObjective>): void {
    this.#newRows.objectives.push([runNo, this.classNo(className), ...rest]);
  }

  /** The flow of an id, when it is in memory: flow number and class number packed; unpack with `unpackFlow`. */
  packedFlow(runNo: number, flowId: number): number | undefined {
    return this.#flows.get(runNo)?.get(flowId);
  }

  /** Looks up ids that are not in memory. What is known of them is in memory afterwards. */
  async lookUpIds(runNo: number, flowIds: readonly number[]): Promise<void> {
    for (let at = 0; at < flowIds.length; at += LOOKUP_ROWS) {
      const [rows] = await this.#connection.query<RowDataPacket[]>(
        `SELECT i.flow_id, f.flow_no, f.class_no
           FROM flow_instance i
           JOIN flow f ON f.flow_no = i.flow_no
          WHERE i.run_no = ? AND i.flow_id IN (?)`,
        [runNo, flowIds.slice(at, at + LOOKUP_ROWS)],
      );
      for (const row of rows) this.setFlow(runNo, Number(row.flow_id), Number(row.flow_no), row.class_no);
    }
  }

  /** Flow numbers of descriptions by their hash (32 hexadecimal digits); tells which of them are new. */
  async numberFlows(hashes: readonly string[]): Promise<Map<string, { flowNo: number; isNew: boolean }>> {
    const numbers = new Map<string, { flowNo: number; isNew: boolean }>();
    const asked: string[] = [];
    for (const hash of new Set(hashes)) {
      const flowNo = this.#newHashes.get(hash);
      if (flowNo === undefined) asked.push(hash);
      else numbers.set(hash, { flowNo, isNew: false });
    }
    for (let at = 0; at < asked.length; at += LOOKUP_ROWS) {
      const some = asked.slice(at, at + LOOKUP_ROWS);
      const [rows] = await this.#connection.query<RowDataPacket[]>(
        "SELECT LOWER(HEX(description_hash)) AS hash, flow_no FROM flow WHERE description_hash IN (?)",
        [some.map((hash) => Buffer.from(hash, "hex"))],
      );
      for (const row of rows) numbers.set(row.hash, { flowNo: Number(row.flow_no), isNew: false });
    }
    for (const hash of asked) {
      if (numbers.has(hash)) continue;
      const flowNo = this.#nextFlowNo++;
      this.#newHashes.set(hash, flowNo);
      numbers.set(hash, { flowNo, isNew: true });
    }
    return numbers;
  }

  setFlow(runNo: number, flowId: number, flowNo: number, classNo: number): void {
    let ids = this.#flows.get(runNo);
    if (ids === undefined) {
      ids = new Map();
      this.#flows.set(runNo, ids);
    }
    if (!ids.has(flowId)) this.#cachedIds++;
    ids.set(flowId, flowNo * CLASS_FACTOR + classNo);
  }
}

export function unpackFlow(packed: number): KnownFlow {
  const classNo = packed % CLASS_FACTOR;
  return { flowNo: (packed - classNo) / CLASS_FACTOR, classNo };
}

function noRows(): NewRows {
  return { probes: [], runs: [], classes: [], slices: [], runSlices: [], hops: [], objectives: [] };
}
