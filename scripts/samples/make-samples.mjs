#!/usr/bin/env node
/**
 * Makes the sample captures: real servers and clients in network namespaces, tapped by tcpdump at two points, with
 * tc netem between them. `node scripts/samples/make-samples.mjs [--days 2026-11-19,2026-11-20]`, about three minutes.
 * With --publish-only, what an earlier run left in var/samples is written out again; --into FOLDER writes somewhere else
 * than samples/.
 *
 * The scenes are played inside a kernel of their own (Debian's user-mode-linux, a plain process): many kernels come
 * without netem, nothing of the machine is touched (its files are mounted read-only), nothing can be left behind, and
 * that kernel's clock may be set, so that the scenes lie in the hours of two working days. What Debian packages the
 * machine lacks is unpacked below var/, not installed. Writes samples/*.pcap.gz, samples/truth.json, samples/TRUTH.md.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { publishSamples } from "./publish-samples.mjs";

/** Beside the servers'. */
const PACKAGES = "user-mode-linux kmod iproute2 ethtool tcpdump iputils-ping curl bind9-dnsutils snmp iperf3 openssl";
const LIMIT_S = 600;

const repository = resolve(import.meta.dirname, "../..");
const tools = join(repository, "var/tools/samples");
const out = join(repository, "var/samples");

/** The two working days before today, UTC, as YYYY-MM-DD. */
function lastWorkingDays() {
  const days = [];
  for (let back = 1; days.length < 2; back++) {
    const day = new Date(Date.now() - back * 86_400_000);
    if (day.getUTCDay() !== 0 && day.getUTCDay() !== 6) days.unshift(day.toISOString().slice(0, 10));
  }
  return days;
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: "utf8", ...options });
  if (done.error !== undefined || done.status !== 0) {
    throw new Error(`cannot run ${command} ${args.join(" ")}: ${done.error?.message ?? done.stderr}`);
  }
  return done.stdout;
}

/** Unpacks those of the packages (with what they need) that the machine does not have installed. */
function unpackTools() {
  const receivers = join(repository, "packages/trafgen/receivers");
  const servers = run(join(receivers, "trafgen_receivers"), ["packages"]).trim().split("\n");
  const said = run(join(receivers, "unpack-packages.sh"), [tools, ...PACKAGES.split(" "), ...servers]).trim();
  if (said !== "") console.log(`samples: ${said}`);
}

/** Boots the kernel on scenes.sh and waits for its end; ends it after LIMIT_S. */
async function playScenes([day1, day2]) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const uml = spawn(
    "timeout",
    [
      "-k5",
      String(LIMIT_S),
      join(tools, "usr/bin/linux.uml"),
      "rootfstype=hostfs",
      "rootflags=/",
      "ro",
      "mem=1024M",
      `init=${join(repository, "scripts/samples/scenes.sh")}`,
      "con=null",
      "con0=null,fd:1",
      "con1=null",
      "quiet",
      "loglevel=0",
      // The kernel hands settings it does not know to the first process as its environment.
      `OUT=${out}`,
      `TOOLS=${tools}`,
      `REPOSITORY=${repository}`,
      `DAY1=${day1}`,
      `DAY2=${day2}`,
    ],
    { stdio: ["ignore", "inherit", "ignore"] },
  );
  await new Promise((done) => uml.once("close", done));
  if (!existsSync(join(out, "finished"))) {
    throw new Error(`the scenes did not end well: see ${join(out, "play.log")}`);
  }
}

const { values } = parseArgs({
  options: { days: { type: "string" }, "publish-only": { type: "boolean" }, into: { type: "string" } },
});
if (!values["publish-only"]) {
  if (process.arch !== "x64") throw new Error("user-mode-linux exists for amd64 only");
  unpackTools();
  await playScenes(values.days?.split(",") ?? lastWorkingDays());
}
publishSamples(out, resolve(values.into ?? join(repository, "samples")));
