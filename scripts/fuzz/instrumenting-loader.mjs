// Loads our TypeScript, and makes it count how often each statement and branch is run (globalThis.__coverage__).
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { createInstrumenter } from "istanbul-lib-instrument";

const instrumenter = createInstrumenter({ esModules: true, compact: false, produceSourceMap: false });

export async function load(url, context, nextLoad) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return await nextLoad(url, context);
  const path = fileURLToPath(url);
  const { code } = await transform(await readFile(path, "utf8"), { loader: "ts", format: "esm", target: "node20" });
  // The targets themselves are not what is looked at.
  const isTarget = /\/fuzz\/[^/]+$/.test(path);
  const source = isTarget ? code : instrumenter.instrumentSync(code, path);
  return { format: "module", shortCircuit: true, source };
}
