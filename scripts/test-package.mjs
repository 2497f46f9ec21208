#!/usr/bin/env node
// npm run test:package: makes the package, and proves it in a fresh Debian 13 below var/package: it installs with what it
// depends on, its daemons run unprivileged, a restart of everything neither loses nor doubles, an upgrade keeps the
// configuration, removal the data, and purge leaves nothing. Then the same Debian starts with systemd: units, timers,
// watchdog and a restart of the machine. As root; wants debootstrap, systemd-container and Debian's packages.
//   npm run test:package [-- --deb FILE]
import { spawnSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./package/programs.mjs";
import { makePackage } from "./package.mjs";

const folder = join(root, "var/package");
const base = join(folder, "debian");
const { values } = parseArgs({ options: { deb: { type: "string" } } });

if (process.getuid() !== 0) {
  console.error("test:package: cannot make a system of its own without root's rights\n  sudo npm run test:package");
  process.exit(77);
}
const deb = values.deb === undefined ? await makePackage({ folder }) : resolve(values.deb);
if (!existsSync(base)) {
  console.log("debootstrap: a Debian 13 of its own, once");
  rmSync(`${base}.part`, { recursive: true, force: true });
  const { status } = spawnSync("debootstrap", ["--variant=minbase", "trixie", `${base}.part`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) {
    console.error("test:package: cannot make a Debian system\n  apt-get install debootstrap; the message is above.");
    process.exit(69);
  }
  renameSync(`${base}.part`, base);
}
// Mounts and processes of its own: whatever happens, nothing of it outlives this.
for (const proof of ["proof.sh", "systemd-proof.sh"]) {
  const words = ["--mount", "--pid", "--mount-proc", "--fork", "--kill-child"];
  const { status } = spawnSync("unshare", [...words, "sh", join(root, "scripts/package", proof), base, deb], {
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}
