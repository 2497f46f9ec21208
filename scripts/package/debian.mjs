// Makes a .deb of a staged installation.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./programs.mjs";

const MAINTAINER = join(root, "scripts/package/maintainer");

/** In both forms of the name: Debian 13 renamed libpcap for 64-bit times. */
const DEPENDS = ["nodejs (>= 20.19)", "libpcap0.8t64 | libpcap0.8", "libc6", "passwd", "procps", "libcap2-bin"];
const RECOMMENDS = [
  "default-mysql-server | mariadb-server | virtual-mysql-server",
  "logrotate",
  "chrony | time-daemon",
];
const SUGGESTS = ["nfdump", "ethtool", "cron | cron-daemon"];

/** @returns the path of the package, in `folder` */
export function debianPackage({ staged, folder, version }) {
  const control = join(staged, "DEBIAN");
  mkdirSync(control);
  const files = filesBelow(staged).filter((path) => !path.startsWith("DEBIAN/"));
  const isKept = (path) => path.startsWith("etc/");
  writeFileSync(
    join(control, "conffiles"),
    files
      .filter(isKept)
      .map((path) => `/${path}\n`)
      .join(""),
  );
  writeFileSync(
    join(control, "md5sums"),
    files
      .filter((path) => !isKept(path))
      .map((path) => `${md5(join(staged, path))}  ${path}\n`)
      .join(""),
  );
  const sizeKiB = Math.ceil(files.reduce((sum, path) => sum + lstatSync(join(staged, path)).size, 0) / 1024);
  const architecture = text("dpkg", ["--print-architecture"]);
  writeFileSync(
    join(control, "control"),
    [
      "Package: trafmon",
      `Version: ${version}`,
      `Architecture: ${architecture}`,
      "Section: net",
      "Priority: optional",
      "Maintainer: trafMon <trafmon@localhost>",
      `Installed-Size: ${sizeKiB}`,
      `Depends: ${DEPENDS.join(", ")}`,
      `Recommends: ${RECOMMENDS.join(", ")}`,
      `Suggests: ${SUGGESTS.join(", ")}`,
      "Description: measures a network from the outside, exactly",
      " Probes watch packets at one or several points, a collector puts down what they",
      " saw, a loader fills a MySQL or MariaDB database, procedures roll it up by",
      " minute, hour and day, and reports tell what the network carried and how well.",
      "",
    ].join("\n"),
  );
  for (const name of ["postinst", "prerm", "postrm"]) {
    copyFileSync(join(MAINTAINER, name), join(control, name));
    chmodSync(join(control, name), 0o755);
  }
  const file = join(folder, `trafmon_${version}_${architecture}.deb`);
  // The time of the commit: the same tree gives the same package.
  const time = text("git", ["-C", root, "log", "-1", "--format=%ct"]) || String(Math.floor(Date.now() / 1000));
  const { status, stderr } = spawnSync("dpkg-deb", ["--root-owner-group", "-Zxz", "--build", staged, file], {
    encoding: "utf8",
    env: { ...process.env, SOURCE_DATE_EPOCH: time },
  });
  if (status !== 0) throw new Error(`cannot make the package: ${stderr}`);
  return file;
}

/** Files, not folders and links, sorted. */
export function filesBelow(folder, below = folder) {
  return readdirSync(below, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(below, entry.name);
      if (entry.isDirectory()) return filesBelow(folder, path);
      return entry.isFile() ? [relative(folder, path)] : [];
    })
    .sort();
}

function md5(path) {
  return createHash("md5").update(readFileSync(path)).digest("hex");
}

function text(command, words) {
  const { status, stdout } = spawnSync(command, words, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
}
