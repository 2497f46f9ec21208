// Runs fuzz targets one after the other, each for so many seconds, and tells what it found.
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { Fuzzer } from "./fuzzer.mjs";
import { targetFiles } from "./targets.mjs";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "var/fuzz");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "30" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const all = targetFiles();
const unknown = positionals.filter((name) => !all.some((each) => each.name === name));
if (unknown.length > 0) {
  const names = all.map(({ name }) => name).join(", ");
  process.stderr.write(`fuzz: cannot fuzz ${unknown.join(", ")}: there is no such target\n  Targets: ${names}\n`);
  process.exit(64);
}
const asked = positionals.length === 0 ? all : all.filter(({ name }) => positionals.includes(name));
let faults = 0;
for (const { name, url } of asked) {
  const { target } = await import(url);
  const fuzzer = new Fuzzer(target, FOLDER, Number(values.seed));
  const startMs = performance.now();
  await fuzzer.fuzz(Number(values.seconds));
  const perS = Math.round(fuzzer.runs / ((performance.now() - startMs) / 1000));
  const [run, of] = fuzzer.reached().reduce(([sum, total], each) => [sum + each.run, total + each.of], [0, 0]);
  const branches = `${run} of ${of} branches of the files entered`;
  process.stdout.write(`${name}: ${fuzzer.runs} inputs (${perS}/s), ${fuzzer.kept} kept, ${branches}\n`);
  for (const { file, reason } of fuzzer.faults) {
    process.stdout.write(`  FAULT ${relative(ROOT, file)}\n${reason.replace(/^/gm, "    ")}\n`);
  }
  faults += fuzzer.faults.length;
}
if (faults > 0) process.stdout.write(`${faults} faults; seed ${values.seed}\n`);
process.exit(faults === 0 ? 0 : 1);
