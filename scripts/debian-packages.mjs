// What the project needs of Debian, how to see that it is there, and what for.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Debian keeps servers and network tools where an ordinary user's PATH does not look. */
const FOLDERS = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin", "/usr/local/sbin"];

const program = (name) => () => FOLDERS.some((folder) => folder !== "" && existsSync(join(folder, name)));
const file = (path) => () => existsSync(path);

/** To run the programs and the demo. */
const forRunning = [
  { name: "libpcap-dev", isThere: file("/usr/include/pcap/pcap.h"), why: "to capture packets" },
  { name: "gcc", isThere: program("cc"), why: "to compile the capture addon" },
  { name: "libc6-dev", isThere: file("/usr/include/stdio.h"), why: "to compile the capture addon" },
  {
    name: "mariadb-server-core",
    isThere: program("mariadbd"),
    why: "a private database server (no service is set up)",
  },
  { name: "mariadb-client-core", isThere: program("mariadb"), why: "to query that database by hand" },
];

/** To test against independent answers, in networks of the tests' own. */
const forTesting = [
  { name: "tshark", isThere: program("tshark"), why: "a second opinion on every capture" },
  { name: "tcptrace", isThere: program("tcptrace"), why: "a second opinion on TCP connections" },
  { name: "tcpdump", isThere: program("tcpdump"), why: "a reference for captures and speed" },
  { name: "poppler-utils", isThere: program("pdftotext"), why: "to read the reports' text" },
  { name: "iproute2", isThere: program("ip"), why: "network namespaces for live capture" },
  { name: "ethtool", isThere: program("ethtool"), why: "to switch offloads off in networks of the tests' own" },
  { name: "openssl", isThere: program("openssl"), why: "a certificate and passwords for servers to test against" },
  { name: "nfdump", isThere: program("nfcapd"), why: "a collector of NetFlow, and its own account of it" },
  { name: "softflowd", isThere: program("softflowd"), why: "an exporter of NetFlow" },
  { name: "wireshark-common", isThere: program("editcap"), why: "to move captures in time" },
  { name: "procps", isThere: program("pgrep"), why: "to find running programs, as the resurrect samples do" },
  { name: "groff-base", isThere: program("groff"), why: "to check the manual pages" },
  { name: "libcap2-bin", isThere: program("getcap"), why: "to see which programs have capabilities" },
  { name: "systemd", isThere: program("systemd-analyze"), why: "its own measure of the units' hardening" },
  { name: "libxml2-utils", isThere: program("xmllint"), why: "to validate the configuration files" },
];

/**
 * Installs what is missing. Asks for nothing and starts no service.
 * @param {{ withTests: boolean, say: (line: string) => void }} options
 */
export function installDebianPackages({ withTests, say }) {
  const needed = withTests ? [...forRunning, ...forTesting] : forRunning;
  const missing = needed.filter(({ isThere }) => !isThere());
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  say("installing Debian packages:");
  for (const { name, why } of missing) say(`  ${name.padEnd(20)} ${why}`);
  if (!program("apt-get")()) {
    throw new Error(
      `cannot install ${names.join(" ")}: there is no apt-get here\n  Install what they provide by hand.`,
    );
  }
  const prefix = rootPrefix(names);
  // Lists are often missing on a small system, and packages are then unknown; so they are fetched when needed only.
  if (!canInstall(prefix, names)) apt(prefix, ["update", "-qq"]);
  apt(prefix, ["install", "-y", "-qq", "--no-install-recommends", ...names]);
}

/** Nothing for root, sudo for others. */
function rootPrefix(names) {
  if (process.getuid?.() === 0) return [];
  if (program("sudo")()) return ["sudo"];
  throw new Error(
    `cannot install ${names.join(" ")}: neither root nor sudo\n  As root: apt-get install ${names.join(" ")}`,
  );
}

function canInstall(prefix, names) {
  const [command, ...args] = [
    ...prefix,
    "apt-get",
    "install",
    "-qq",
    "--simulate",
    "--no-install-recommends",
    ...names,
  ];
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function apt(prefix, words) {
  // A package that brings a service must not start it on the user's machine: 101 is policy-rc.d's "not allowed".
  const env = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"];
  const [command, ...args] = [...prefix, ...env, "apt-get", ...words];
  const { status } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`cannot run apt-get ${words.join(" ")}: exit ${status}\n  Its message is above.`);
}
