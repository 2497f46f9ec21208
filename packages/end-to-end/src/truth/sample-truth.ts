import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LogRecords } from "../read/log-records.ts";
import { LogVolumes } from "../read/log-volumes.ts";
import { kernelRows } from "./compare/kernel-rows.ts";
import type { TruthRow } from "./truth-table.ts";

/** What truth.json beside sample captures says of a scene: scripts/samples/ wrote it while they were made. */
interface SampleScene {
  readonly name: string;
  readonly captures: readonly { readonly file: string; readonly tap: string; readonly packets: number }[];
  /** `office.Tcp.RetransSegs`: what the kernels' counters rose by. */
  readonly counters: Readonly<Record<string, number>>;
  readonly netem: readonly { readonly sendingDevice: string; readonly drops: number }[];
  /** Its parameters, or `none`. */
  readonly impairment: string;
}

/** A capture of a scene, to be replayed by a probe of its own. */
export interface SampleCapture {
  readonly probe: string;
  readonly path: string;
}

/** Addresses of each side in the scenes (samples/TRUTH.md). */
const SIDES: Readonly<Record<string, RegExp>> = {
  office: /^(10\.20\.1\.|fd20:1:)/,
  centre: /^(10\.20\.2\.|fd20:2:)/,
};

/** Sample captures, and what was known of them when they were made: real servers, and `tc netem` between two taps. */
export class SampleTruth {
  readonly #folder: string;
  readonly #scenes: readonly SampleScene[];
  /** Of the names of probes and scenes. */
  readonly #prefix: string;

  constructor(folder: string, prefix: string) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#scenes = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")).scenes;
  }

  get captures(): SampleCapture[] {
    return this.#scenes.flatMap(({ name, captures }) =>
      captures.map(({ file, tap }) => ({ probe: this.#probe(name, tap), path: join(this.#folder, file) })),
    );
  }

  rows(logs: LogRecords): TruthRow[] {
    return this.#scenes.flatMap((scene) => [
      ...this.#captureRows(scene, logs),
      ...this.#hostRows(scene, logs),
      ...this.#netemRows(scene, logs),
    ]);
  }

  #captureRows({ name, captures }: SampleScene, logs: LogRecords): TruthRow[] {
    return captures.map(({ tap, packets }) => ({
      ...{ scene: `${this.#prefix}-${name}`, at: tap, what: "frames: tcpdump's own count" },
      expected: packets,
      measured: new LogVolumes(logs, this.#probe(name, tap)).statistic("packets"),
    }));
  }

  #hostRows({ name, captures, counters }: SampleScene, logs: LogRecords): TruthRow[] {
    return captures.flatMap(({ tap }) => {
      const own = Object.entries(counters).filter(([counter]) => counter.startsWith(`${tap}.`));
      const kernel = new Map(own.map(([counter, value]) => [counter.slice(tap.length + 1), value]));
      const isOwn = (address: string) => SIDES[tap]!.test(address);
      return kernelRows(
        { scene: `${this.#prefix}-${name}`, at: tap, probe: this.#probe(name, tap), isOwn, kernel, twins: 0 },
        logs,
      );
    });
  }

  /** What a side sent and the other did not get is what netem dropped. Copies it made it does not count. */
  #netemRows({ name, captures, netem, impairment }: SampleScene, logs: LogRecords): TruthRow[] {
    if (captures.length < 2 || impairment.includes("duplicate")) return [];
    return netem.map(({ sendingDevice, drops }) => {
      const to = sendingDevice.replace(/\d+$/, "");
      const from = to === "office" ? "centre" : "office";
      const passed = (tap: string) => {
        const tuples = Object.entries(new LogVolumes(logs, this.#probe(name, tap)).byTuple("tuples"));
        const ways = tuples.filter(([tuple]) => isWay(tuple, from, to));
        return ways.reduce((sum, [, { packets }]) => sum + packets, 0);
      };
      return {
        ...{
          scene: `${this.#prefix}-${name}`,
          at: to,
          what: `IP packets that did not come from ${from}: netem's drops`,
        },
        expected: drops,
        measured: passed(from) - passed(to),
      };
    });
  }

  #probe(scene: string, tap: string): string {
    return `${this.#prefix}-${scene}-${tap}`;
  }
}

/** `protocol sender port receiver port`, from one side to the other. */
function isWay(tuple: string, from: string, to: string): boolean {
  const [, sender, , receiver] = tuple.split(" ");
  return SIDES[from]!.test(sender!) && SIDES[to]!.test(receiver!);
}
