// Builds native/build/capture.node from native/capture.c with the system's C compiler and libpcap.
// Does nothing when the binary is newer than its source and was made for this platform. Needs no node-gyp: the N-API
// headers come from the node-api-headers package, and the binary serves every Node from 18 on.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "capture.c");
const folder = join(here, "build");
const binary = join(folder, "capture.node");
const stampFile = join(folder, "capture.platform");
const stamp = `${process.platform} ${process.arch}\n`;

/** sysexits: something that is needed is not there. */
const EXIT_UNAVAILABLE = 69;

if (isFresh() && !process.argv.includes("--force")) process.exit(0);

const { include_dir: headers } = createRequire(import.meta.url)("node-api-headers");
mkdirSync(folder, { recursive: true });
// Under another name first: a probe may be running with the old one.
const partial = join(folder, `capture.${process.pid}.part`);
const compiler = process.env.CC ?? "cc";
const darwin = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
const flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", ...darwin];
const { error, status, stderr } = spawnSync(
  compiler,
  [...flags, "-isystem", headers, source, "-lpcap", "-o", partial],
  { encoding: "utf8" },
);
if (error !== undefined) stop(`cannot run the C compiler ${compiler}: ${error.code ?? error.message}`);
if (status !== 0) {
  stop(
    /pcap\/pcap\.h|lpcap/.test(stderr)
      ? "cannot find libpcap's headers or library"
      : `cannot compile capture.c\n${stderr}`,
  );
}
if (stderr !== "") process.stderr.write(stderr);
renameSync(partial, binary);
writeFileSync(stampFile, stamp);
process.stdout.write(`built ${binary}\n`);

function isFresh() {
  if (!existsSync(binary) || !existsSync(stampFile)) return false;
  const built = statSync(binary).mtimeMs;
  const isOlder = (file) => statSync(file).mtimeMs < built;
  return readFileSync(stampFile, "utf8") === stamp && isOlder(source) && isOlder(fileURLToPath(import.meta.url));
}

function stop(message) {
  process.stderr.write(`build.mjs: ${message} [PROBE_CAPTURE_UNAVAILABLE]\n`);
  process.stderr.write("  On Debian: apt-get install gcc libc6-dev libpcap-dev. Capture files are read without it.\n");
  process.exit(EXIT_UNAVAILABLE);
}
