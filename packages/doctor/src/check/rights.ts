import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { EXIT } from "@trafmon/runtime";
import { type Finding, fault, good, warning } from "../finding.ts";

/** Below this a disk is as good as full: a day's logs of a busy site. */
const LEAST_FREE_BYTES = 1024 ** 3;
const LEAST_FREE_INODES = 10_000;

/** That no interpreter may capture, and that cron's launcher may. */
export function checkCapabilities(node: string, launcher: string): Finding[] {
  const about = "rights";
  const capabilities = (path: string) =>
    spawnSync("getcap", [path], { encoding: "utf8", env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
  const ofNode = capabilities(node);
  if (ofNode.error !== undefined)
    return [warning(about, "cannot look at capabilities: there is no getcap", "apt-get install libcap2-bin")];
  const findings: Finding[] = [];
  if (ofNode.stdout.trim() !== "")
    findings.push(
      fault(
        about,
        `${node} has a capability: every script of this machine has it too`,
        `setcap -r ${node}`,
        EXIT.NO_PERMISSION,
      ),
    );
  if (existsSync(launcher)) {
    const { stdout } = capabilities(launcher);
    if (stdout.includes("cap_net_raw")) findings.push(good(about, `${launcher} may capture, node has no capability`));
    else
      findings.push(
        warning(
          about,
          `${launcher} has no capability, so cron cannot start a probe`,
          `setcap cap_net_raw+eip ${launcher}`,
        ),
      );
  }
  return findings;
}

/** A folder that a program writes into: there, writable, with room. */
export function checkFolder(purpose: string, path: string): Finding[] {
  const about = "disk";
  try {
    if (!statSync(path).isDirectory()) throw new Error("it is no folder");
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const what = missing
      ? "does not exist"
      : `cannot be written by this user (${(error as Error).message.split(",")[0]})`;
    return [
      fault(
        about,
        `${path} (${purpose}) ${what}`,
        missing
          ? `install -d -o trafmon -g trafmon -m 0750 ${path}`
          : `chown trafmon:trafmon ${path}, and run the doctor as trafmon`,
        missing ? EXIT.INPUT_OUTPUT : EXIT.NO_PERMISSION,
      ),
    ];
  }
  const { bavail, bsize, ffree, files } = statfsSync(path);
  const freeBytes = bavail * bsize;
  if (freeBytes < LEAST_FREE_BYTES) {
    const free = `${Math.floor(freeBytes / 1024 ** 2)} MiB`;
    return [
      fault(
        about,
        `the disk of ${path} (${purpose}) is full: ${free} are left`,
        "free some, or shorten --keep and retention (docs/guides/retention.md)",
        EXIT.INPUT_OUTPUT,
      ),
    ];
  }
  if (files > 0 && ffree < LEAST_FREE_INODES)
    return [
      fault(
        about,
        `the file system of ${path} (${purpose}) has ${ffree} inodes left`,
        "remove small files",
        EXIT.INPUT_OUTPUT,
      ),
    ];
  return [good(about, `${path} (${purpose}) has ${Math.floor(freeBytes / 1024 ** 3)} GiB left`)];
}
