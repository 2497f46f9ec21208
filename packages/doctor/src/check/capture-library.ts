import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { EXIT } from "@trafmon/runtime";
import { type Finding, fault, good, warning } from "../finding.ts";

/** What the doctor asks of the probe's addon: libpcap, the clock's discipline, offloads. */
export interface CaptureLibrary {
  readonly library: string;
  clock(): { readonly offsetNs: number; readonly errorNs: number } | null;
  offloads(name: string): string[];
}

/** The probe's addon, as an installation and a tree of the sources have it. */
export const CAPTURE_BINARY = fileURLToPath(new URL("../../../probe/native/build/capture.node", import.meta.url));

/** A clock further off than this makes one-way latencies worthless. */
const TOLERATED_CLOCK_ERROR_NS = 1_000_000;

export function loadCaptureLibrary(path: string): { library: CaptureLibrary | null; finding: Finding } {
  try {
    const library = createRequire(import.meta.url)(path) as CaptureLibrary;
    return { library, finding: good("capture", library.library) };
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    const fix = "apt-get install libpcap0.8, or in the sources: node packages/probe/native/build.mjs";
    return {
      library: null,
      finding: fault("capture", `cannot load the capture addon: ${reason}`, fix, EXIT.SERVER_UNAVAILABLE),
    };
  }
}

export function checkClock(library: Pick<CaptureLibrary, "clock">): Finding {
  const clock = library.clock();
  if (clock === null)
    return fault(
      "clock",
      "nothing disciplines the clock of this machine: one-way latencies are worthless, and intervals of probes differ",
      "apt-get install chrony, and see chronyc tracking",
      EXIT.TRY_AGAIN,
    );
  const [offset, error] = [clock.offsetNs, clock.errorNs].map((ns) => `${(ns / 1e6).toFixed(3)} ms`);
  if (Math.abs(clock.offsetNs) + clock.errorNs > TOLERATED_CLOCK_ERROR_NS)
    return warning(
      "clock",
      `the clock is ${offset} off its reference, with an error of up to ${error}`,
      "enough for volumes; for one-way latencies use a nearer time server, PTP or GPS",
    );
  return good("clock", `disciplined, ${offset} off, error up to ${error}`);
}
