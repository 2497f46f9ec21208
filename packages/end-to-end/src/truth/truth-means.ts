import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../site/built-programs.ts";

const PROGRAMS = ["ip", "ethtool", "ss", "bash", "openssl"];

/** What the bench lacks on this machine, in words for an operator; empty when it can run. */
export function missingMeans(): string[] {
  if (process.getuid?.() !== 0) return ["it makes network namespaces, and is not run as root"];
  const missing = PROGRAMS.filter((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0);
  if (missing.length > 0)
    return [`programs are missing: ${missing.join(" ")} (npm run setup -- --tests installs them)`];
  const space = `truth-${process.pid}-trial`;
  const made = spawnSync("ip", ["netns", "add", space], { encoding: "utf8" });
  if (made.status !== 0) return [`network namespaces cannot be made here: ${made.stderr.trim()}`];
  const wire = spawnSync("ip", ["-n", space, "link", "add", "one", "type", "veth", "peer", "name", "two"], {
    encoding: "utf8",
  });
  spawnSync("ip", ["netns", "del", space]);
  if (wire.status !== 0) return [`veth pairs cannot be made here: ${wire.stderr.trim()}`];
  const unpacked = spawnSync(join(ROOT, "packages/trafgen/receivers/trafgen_receivers"), ["unpack"], {
    encoding: "utf8",
  });
  return unpacked.status === 0 ? [] : [`the servers cannot be fetched: ${unpacked.stderr.trim()}`];
}
