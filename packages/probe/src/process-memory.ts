import { setFlagsFromString } from "node:v8";
import { loadNativeBinding, type NativeBinding } from "./capture/native-binding.ts";

/** V8 tidies up when what is in use has grown by so much; by itself, only when it has doubled. */
const GROWING_PERCENT = 30;
/**
 * Large datagrams wait in blocks of this size and more. It is above the blocks of 32 KiB, head included, that V8 compiles
 * in: those come and go by the thousand, and each that the system had to give would be filled with zeros page by page.
 */
const RETURNED_BYTES = 48 * 1024;

/**
 * Has the process give back early what it does not use. What the probe keeps is in tables of its own, which hold what they
 * must; a million flows are to fit into a gigabyte with all that comes beside them.
 */
export function keepMemorySmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
  try {
    const binding: Partial<NativeBinding> = loadNativeBinding();
    binding.returnFreed?.(RETURNED_BYTES);
  } catch {
    // Files are read without the addon, with a little more memory; who captures live is told why there is none.
  }
}
