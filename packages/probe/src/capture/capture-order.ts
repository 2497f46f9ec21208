import type { ExitCode } from "@trafmon/runtime";
import type { CapturePlan } from "./capture-stage.ts";
import type { FileFault } from "./file-capture.ts";
import type { InterfaceChange } from "./live-capture.ts";
import type { InterfaceFigures } from "./live-figures.ts";
import type { LiveInterface } from "./live-port.ts";
import type { ReplayFile } from "./replay-files.ts";
import type { FilteredInterface } from "./replay-filters.ts";

/** What a capture thread is started with. */
export interface CaptureOrder {
  /** Memory of the ring that it writes into. */
  readonly ring: SharedArrayBuffer;
  readonly plan: CapturePlan;
  readonly source:
    | { readonly kind: "live"; readonly interfaces: readonly LiveInterface[] }
    | {
        readonly kind: "files";
        readonly files: readonly ReplayFile[];
        /** The interfaces they stand for, by number. Absent: nothing is left out. */
        readonly filters?: readonly FilteredInterface[];
      };
}

/** What a running capture thread is told: to go over to this plan, and to mark the place. */
export type NextPlan = CapturePlan;

/** What a capture thread tells besides its packet records. */
export type CaptureNews =
  | { readonly kind: "opened" }
  | { readonly kind: "interface"; readonly change: InterfaceChange }
  | { readonly kind: "figures"; readonly figures: readonly InterfaceFigures[] }
  | { readonly kind: "faults"; readonly faults: readonly FileFault[] }
  /** A CodedError, taken apart because classes do not survive the way between threads. */
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly message: string;
      readonly hint: string;
      readonly exitCode: ExitCode;
    };
