import { missingMeans } from "../truth/truth-means.ts";

/** Whether namespaces can be made. Prints why not; on a CI machine that is a failure. */
export function canMakeNamespaces(): boolean {
  const missing = missingMeans();
  if (missing.length === 0) return true;
  const reason = `live capture is not tested: ${missing.join("; ")}`;
  if (process.env.CI === "true") throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return false;
}
