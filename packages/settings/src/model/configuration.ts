import type { CollectorSettings } from "./collector-settings.ts";
import type { FlowClassSettings } from "./flow-class-settings.ts";
import type { ProbeSettings } from "./probe-settings.ts";

/** The configuration as the programs see it: checked, defaults filled in, frozen. */
export interface Configuration {
  /** Name of the site, for titles. */
  readonly site: string;
  /** First 16 hexadecimal digits of the SHA-256 of the effective settings; equal for all programs that agree. */
  readonly hash: string;
  /** When programs switch to this file; null: at once. Seconds and nanoseconds since the epoch, UTC. */
  readonly startAt: { readonly s: number; readonly nanos: number } | null;
  readonly collectors: readonly CollectorSettings[];
  readonly probes: readonly ProbeSettings[];
  readonly flowClasses: readonly FlowClassSettings[];
}
