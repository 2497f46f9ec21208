import { loadNativeBinding, type NativeBinding } from "../capture/native-binding.ts";

/** Smaller tables stay in ordinary pages: the processor finds their few pages fast enough. */
const LEAST_BYTES = 8 * 1024 * 1024;

let binding: Pick<NativeBinding, "useHugePages"> | null | undefined;

/**
 * Has a large table lie in large pages, where the system has any: finding the place of a page in memory is a good part of
 * what an access to a large table costs. Without the addon nothing changes but speed.
 */
export function useHugePages(words: Int32Array): void {
  if (words.byteLength < LEAST_BYTES) return;
  if (binding === undefined) binding = load();
  binding?.useHugePages(words);
}

function load(): Pick<NativeBinding, "useHugePages"> | null {
  try {
    const loaded: Partial<NativeBinding> = loadNativeBinding();
    // An addon that was built before there was such a thing does without.
    return loaded.useHugePages === undefined ? null : (loaded as NativeBinding);
  } catch {
    // Files are read without the addon; who captures live is told why there is none.
    return null;
  }
}
