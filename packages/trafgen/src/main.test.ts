import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { ledgerRows } from "./ledger/ledger-rows.ts";
import { ledgerFlows } from "./testing/ledger-flows.ts";
import { MARK_FRAME } from "./testing/mark-frame.ts";
import { canSendFrames } from "./testing/network-namespace.ts";
import { withFolder } from "./testing/temporary-folder.ts";
import { hasTshark, tsharkFlows } from "./testing/tshark.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const tsx = pathToFileURL(fileURLToPath(import.meta.resolve("tsx"))).href;
const NODE = [process.execPath, "--import", tsx, "--conditions=source", main] as const;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
});

function trafgen(cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(NODE[0], [...NODE.slice(1), ...args], { cwd, encoding: "utf8" });
  return { status, stdout, stderr };
}

const stream = (attributes: string, root = "") =>
  `<trafgen ${root}><traffic><stream name="s" from="10.0.0.1" to="10.0.0.2" ${attributes}><fixedSize bytes="100"/></stream></traffic></trafgen>`;

/** Ledgers that a run left in its folder. */
const ledgersIn = (folder: string) =>
  readdirSync(folder).filter((name) => existsSync(join(folder, name, "packets.tsv")));

test("with -l the scenario and the log levels are those of the folder, and a ledger is made there", () =>
  withFolder((folder) => {
    writeFileSync(join(folder, "mine.xml"), stream('rate="1kpps" packets="50"'));
    writeFileSync(join(folder, "trafgen.diag"), "all warn\n");
    const { status, stdout, stderr } = trafgen(folder, "-l", "-w", "a.pcap", "mine");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("to capture file a.pcap");
    expect(stdout).toContain("1 stream s: 50 of 50 packets; 1 000 packets/s requested, 1 000 packets/s achieved");
    const [ledger] = ledgersIn(folder);
    expect(ledger).toMatch(/^mine_\d{8}T\d{6}Z$/);
    expect(stdout).toContain(`ledger ./${ledger}`);
    expect(ledgerRows(join(folder, ledger!), "packets").length).toBe(50);
    const again = trafgen(folder, "-l", "-w", "a.pcap", "-D", ledger!, "mine");
    expect(again.status).toBe(74);
    expect(again.stderr).toMatch(
      /^trafgen: cannot write the ledger .*: there is one already \[TRAFGEN_LEDGER_EXISTS\]\n {2}\S/,
    );
  }));

test("without -l and -c the scenario is the installed one of that name", () =>
  withFolder((folder) => {
    const { status, stderr } = trafgen(folder, "no-such-scenario");
    expect(status).toBe(78);
    expect(stderr).toMatch(
      /^trafgen: cannot read \/etc\/(trafMon|tmon)\/xml\/no-such-scenario\.xml: .*\[TRAFGEN_SCENARIO_UNREADABLE\]/,
    );
  }));

test("a scenario that is wrong is told of, all at once, and nothing is done", () =>
  withFolder((folder) => {
    writeFileSync(join(folder, "bad.xml"), stream('rate="fast" packets="0"\n ttl="0"'));
    const { status, stdout, stderr } = trafgen(folder, "-c", "bad.xml", "-w", "a.pcap", "bad");
    expect({ status, stdout }).toEqual({ status: 78, stdout: "" });
    expect(stderr.split("\n").slice(0, 4)).toEqual([
      "trafgen: cannot use bad.xml, 3 faults",
      expect.stringMatching(/^ {2}line 1, trafgen\/traffic\/stream, attribute rate: "fast" is not allowed; allowed: /),
      expect.stringMatching(/^ {2}line 1, trafgen\/traffic\/stream, attribute packets: "0" is not allowed; allowed: /),
      expect.stringMatching(/^ {2}line 2, trafgen\/traffic\/stream, attribute ttl: "0" is not allowed; allowed: /),
    ]);
    expect(readdirSync(folder)).toEqual(["bad.xml"]);
  }));

test("checking and dry runs leave nothing behind, and say everything", () =>
  withFolder((folder) => {
    writeFileSync(join(folder, "mine.xml"), stream('rate="1kpps" packets="50" dscp="ef"'));
    const check = trafgen(folder, "-l", "--check", "mine");
    expect(check.status).toBe(0);
    for (const line of ["stream s", "  from 10.0.0.1", "  tos 184", "  toPorts 9", "  bursts -", "seed 1"])
      expect(check.stdout.split("\n")).toContain(line);
    const dry = trafgen(folder, "-l", "--dry-run", "mine");
    expect(dry.status).toBe(0);
    expect(dry.stdout).toContain("50 packets, 5 000 bytes of IP in 50 ms in all; at most 50 packets/s and 40 kbit/s");
    const { status, stderr } = trafgen(folder, "-l", "mine");
    expect({ status, line: stderr.split("\n")[0] }).toEqual({
      status: 64,
      line: "trafgen: cannot send: nothing says where to [TRAFGEN_TARGET_MISSING]",
    });
    expect(readdirSync(folder)).toEqual(["mine.xml"]);
  }));

test("the help shows defaults and examples", () =>
  withFolder((folder) => {
    const { status, stdout } = trafgen(folder, "--help");
    expect(status).toBe(0);
    for (const text of [
      "-l, --local",
      "-c, --config <XML>",

      "EXAMPLES",
      "trafgen --dry-run worst-case",
    ])
      expect(stdout).toContain(text);
    expect(stdout).toMatch(/most packets in any second[^-]*\(default:\s+10000\)/);
  }));

test.skipIf(!hasTshark())("Ctrl-C stops a run, with file and ledger complete up to there", () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, "endless.xml"), stream('rate="1kpps" duration="1h"', 'cycles="forever"'));
    const child = spawn(NODE[0], [...NODE.slice(1), "-l", "-w", "a.pcap", "-D", "ledger", "endless"], { cwd: folder });
    children.push(child);
    let printed = "";
    let hasBegun: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      hasBegun = resolve;
    });
    child.stdout.on("data", (bytes) => {
      printed += bytes;
      if (printed.includes("capture file")) hasBegun();
    });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    await begun;
    const watch = setInterval(() => existsSync(join(folder, "a.pcap")) && child.kill("SIGINT"), 20);
    const code = await ended;
    clearInterval(watch);
    expect(code).toBe(0);
    expect(printed).toContain("in the first cycle");
    expect(printed).toContain("ledger ledger");
    expect(JSON.parse(readFileSync(join(folder, "ledger/summary.json"), "utf8"))).toMatchObject({ wasStopped: true });
    expect(tsharkFlows(join(folder, "a.pcap"))).toEqual(ledgerFlows(join(folder, "ledger")));
  }),
);

/** What nothing else on the wire has. */
const MARK = "all-of-it-went-before-this";

/** Runs trafgen in a network namespace with a veth pair, near0 and far0, with tcpdump at the far end. */
function live(folder: string, options: { readonly stopAfterS?: number }, ...args: string[]) {
  const quoted = [...NODE, ...args].map((word) => `'${word}'`).join(" ");
  const stop =
    options.stopAfterS === undefined
      ? ""
      : `while ! [ -e ledger/packets.tsv ]; do sleep 0.05; done; sleep ${options.stopAfterS}; kill -INT $trafgen;`;
  const script = `set -e
    sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    ip link add near0 type veth peer name far0
    ip addr add 192.0.2.1/24 dev near0
    ip link set far0 up; ip link set near0 up; ip link set lo up
    tcpdump -i far0 -n -U -w far.pcap -B 65536 --time-stamp-precision=nano 2>tcpdump.log & tcpdump=$!
    while ! grep -qs listening tcpdump.log; do sleep 0.05; done
    ${quoted} & trafgen=$!
    ${stop}
    code=0; wait $trafgen || code=$?
    python3 -c '${MARK_FRAME}' near0 ${Buffer.from(MARK).toString("hex")}
    while ! grep -qs ${MARK} far.pcap; do sleep 0.05; done
    kill -INT $tcpdump; wait $tcpdump || true
    tcpdump -r far.pcap -w flows.pcap --time-stamp-precision=nano "not ether proto 0x88b5" 2>/dev/null
    mv flows.pcap far.pcap
    grep -q "^0 packets dropped by kernel" tcpdump.log || { cat tcpdump.log >&2; exit 99; }
    exit $code`;
  const { status, stdout, stderr } = spawnSync("unshare", ["-n", "bash", "-c", script], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const TO_FAR = ["-i", "near0", "--destination-mac", "02:00:00:00:00:0f", "-D", "ledger"];

describe.skipIf(!canSendFrames() || !hasTshark())("on an interface", () => {
  test("what the ledger says was sent is what the far end captures, streams and conversations alike", () =>
    withFolder((folder) => {
      writeFileSync(
        join(folder, "mix.xml"),
        `<trafgen><traffic>
          <stream name="a" from="192.0.2.1" to="192.0.2.77" rate="2kpps" duration="1s"><imix/></stream>
          <stream name="b" from="192.0.2.1" to="192.0.2.78" rate="50pps" duration="1s"><fixedSize bytes="4000"/></stream>
          <conversation name="c" from="192.0.2.1" to="192.0.2.79" count="3" every="100ms">
            <send by="server" bytes="100kB"><lose segment="9"/><duplicate segment="20"/></send></conversation>
          <dns name="d" from="192.0.2.1" to="192.0.2.80" count="10" every="50ms" unanswered="20%"/></traffic></trafgen>`,
      );
      const { status, stdout, stderr } = live(folder, {}, "-l", ...TO_FAR, "mix");
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toContain("to interface near0");
      const ledger = join(folder, "ledger");
      expect(tsharkFlows(join(folder, "far.pcap"))).toEqual(ledgerFlows(ledger));
      const packets = ledgerRows(ledger, "packets");
      expect(packets.filter((row) => row.fate === "withheld").length).toBe(3);
      expect(ledgerRows(ledger, "connections").map((row) => row.ending)).toEqual(["closed", "closed", "closed"]);
      const summary = JSON.parse(readFileSync(join(ledger, "summary.json"), "utf8"));
      expect(summary.streams[0]).toMatchObject({ due: 2000, sent: 2000, refused: 0 });
    }));

  test("Ctrl-C stops it within a moment, and what was not sent is not said to be", () =>
    withFolder((folder) => {
      writeFileSync(join(folder, "long.xml"), stream('rate="500pps" duration="1h"').replaceAll("10.0.0", "192.0.2"));
      const { status, stdout } = live(folder, { stopAfterS: 1 }, "-l", ...TO_FAR, "long");
      expect(status).toBe(0);
      expect(stdout).toContain("ledger ledger");
      const ledger = join(folder, "ledger");
      const flows = ledgerFlows(ledger);
      expect(flows.length).toBe(1);
      expect(tsharkFlows(join(folder, "far.pcap"))).toEqual(flows);
    }));

  test.each([
    ["broadcast", 'to="192.0.2.255"', [], 78, "TRAFGEN_DESTINATION_REFUSED"],
    ["multicast", 'to="224.0.0.9"', [], 78, "TRAFGEN_DESTINATION_REFUSED"],
    ["broadcast, when told", 'to="192.0.2.255"', ["--allow-broadcast"], 0, ""],
    ["20 000 packets/s", 'to="192.0.2.9" rate="20kpps"', [], 78, "TRAFGEN_RATE_REFUSED"],
    ["20 000 packets/s, when told", 'to="192.0.2.9" rate="20kpps"', ["--max-packet-rate", "20k"], 0, ""],
    ["too many bits, by an option", 'to="192.0.2.9"', ["--max-bit-rate", "1kbit"], 78, "TRAFGEN_RATE_REFUSED"],
  ])("%s", (_, attributes, options, code, error) =>
    withFolder((folder) => {
      mkdirSync(folder, { recursive: true });
      const rate = attributes.includes("rate=") ? "" : 'rate="100pps"';
      const text = `<trafgen><traffic><stream name="s" from="192.0.2.1" ${attributes} ${rate} duration="1s"><fixedSize bytes="60"/></stream></traffic></trafgen>`;
      writeFileSync(join(folder, "s.xml"), text);
      const { status, stderr } = live(folder, {}, "-l", ...TO_FAR, ...options, "s");
      expect(status).toBe(code);
      expect(stderr).toContain(error);
      const received = tsharkFlows(join(folder, "far.pcap"));
      // What is refused is refused before the first packet, and before there is a ledger.
      expect(received.length).toBe(code === 0 ? 1 : 0);
      expect(existsSync(join(folder, "ledger"))).toBe(code === 0);
    }),
  );

  test("an interface that is not there, and one without an address to send to, are told of", () =>
    withFolder((folder) => {
      writeFileSync(join(folder, "s.xml"), stream('rate="10pps" packets="1"'));
      const missing = live(folder, {}, "-l", "-i", "far9", "--destination-mac", "02:00:00:00:00:0f", "s");
      expect(missing).toMatchObject({ status: 78, stderr: expect.stringContaining("TRAFGEN_INTERFACE_UNKNOWN") });
      const nowhere = live(folder, {}, "-l", "-i", "near0", "s");
      expect(nowhere).toMatchObject({ status: 64, stderr: expect.stringContaining("TRAFGEN_DESTINATION_MAC_MISSING") });
      const group = live(folder, {}, "-l", "-i", "near0", "--destination-mac", "ff:ff:ff:ff:ff:ff", "s");
      expect(group).toMatchObject({ status: 78, stderr: expect.stringContaining("one of a group") });
    }));
});
