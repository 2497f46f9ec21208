// Runs a bench as programs are built, in one file, and not from its sources, whose imported constants cost a quarter more
// (docs/decisions/0020): `node packages/probe/bench/built.mjs packages/probe/bench/analysis.ts ...`
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "../../../scripts/bundle.mjs";

const [source] = process.argv.splice(2, 1);
const file = join(import.meta.dirname, "../bundle/bench", `${basename(source, ".ts")}.js`);
await bundle(resolve(source), file);
await import(pathToFileURL(file).href);
