import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LedgerRow, ledgerRows } from "./ledger/ledger-rows.ts";
import { MIX_SCENARIOS } from "./mix/mix-scenario.ts";
import { readMixOptions } from "./mix-options.ts";
import { canServe, FAR4, FAR6, FarSite, fromSource } from "./testing/far-site.ts";

const PROGRAM = fromSource("../mix-main.ts");

function mix(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...PROGRAM, ...args], {
    encoding: "utf8",
    cwd: `${import.meta.dirname}/..`,
  });
  return { status, stdout, stderr };
}

test("whom to ask, by kind or all at once", () => {
  expect(readMixOptions(["--server", "h"], {}).hosts).toEqual({
    ping: "h",
    dns: "h",
    ntp: "h",
    snmp: "h",
    http: "h",
    ftp: "h",
  });
  expect(readMixOptions(["--server", "h", "--dns", "d", "--kinds", "dns,ntp"], {}).hosts).toEqual({
    dns: "d",
    ntp: "h",
  });
  expect(readMixOptions(["--ftp", "f"], { TRAFGEN_FTP_PASSWORD: "secret" }).ftp.password).toBe("secret");
  expect(readMixOptions(["--snmp", "s", "--snmp-user", "u"], { TRAFGEN_SNMP_AUTH: "a" }).credentials).toEqual({
    version: "3",
    user: "u",
    auth: { protocol: "SHA", password: "a" },
  });
  for (const args of [
    [],
    ["--scenario", "none", "--server", "h"],
    ["--kinds", "smtp", "--server", "h"],
    ["--ftp", "f", "--scenario", "names"],
  ])
    expect(() => readMixOptions(args, {})).toThrow("cannot use the command line");
});

test("the help lists the scenarios, and a dry run says what would be done", () => {
  const { stdout: help } = mix("--help");
  for (const { name, meaning } of MIX_SCENARIOS) expect(help).toContain(`  ${name.padEnd(11)} ${meaning}\n`);
  const { status, stdout } = mix(
    "--dry-run",
    "--scenario",
    "office",
    "--seed",
    "5",
    "--duration",
    "10min",
    "--dns",
    "127.0.0.1",
  );
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout:
      "office: a floor of an office: names and pages all the time, polled devices, a file every ten seconds\n" +
      "  dns   8/s to 127.0.0.1\n" +
      "  at most 40 exchanges in any second and 20 Mbit/s of payload, for 10 min, seed 5\n" +
      "  no ledger is written: see --ledger\n",
  });
});

test("addresses of many hosts are refused unless told", () => {
  for (const address of ["224.0.0.251", "255.255.255.255", "ff02::1", "0.0.0.0"]) {
    const { status, stderr } = mix("--server", address);
    expect(status).toBe(78);
    expect(stderr).toContain(`address ${address} [TRAFGEN_DESTINATION_REFUSED]`);
  }
  expect(mix("--server", "224.0.0.251", "--allow-broadcast", "--dry-run").status).toBe(0);
});

describe.skipIf(!canServe())("against real servers, one of them dead", () => {
  let site: FarSite;
  beforeAll(async () => {
    // Nobody listens for HTTP.
    site = await FarSite.start(["dns", "ntp", "snmp", "ftp"]);
  });
  afterAll(() => site?.stop());

  let ledger: string;
  let summary: { exchanges: number; kinds: Record<string, { begun: number; answered: number; troubles: object }> };
  let rows: LedgerRow[];

  test("it plays for as long as it is told, and counts who does not answer", async () => {
    ledger = join(site.folder, "mix");
    const args = [
      "--scenario",
      "heavy",
      "--server",
      FAR4,
      "--duration",
      "4s",
      "--timeout",
      "20",
      "--seed",
      "1",
      "--ledger",
      ledger,
      "--json",
    ];
    summary = JSON.parse(await site.near(process.execPath, [...PROGRAM, ...args]));
    rows = ledgerRows(ledger, "transactions");
    const { ping, dns, ntp, snmp, http, ftp } = summary.kinds;
    for (const kind of [ping!, dns!, ntp!, snmp!, ftp!])
      expect(kind).toMatchObject({ answered: kind.begun, troubles: {} });
    expect(http).toMatchObject({ answered: 0, failed: http!.begun, troubles: { ECONNREFUSED: http!.begun } });
    expect(http!.begun).toBeGreaterThan(20);
  });

  test("the ledger has every exchange that was begun", () => {
    const of = (protocol: string) => rows.filter((row) => row.protocol === protocol);
    expect(of("ping")).toEqual([]);
    expect(of("icmp")).toHaveLength(summary.kinds.ping!.begun);
    expect(of("ntp")).toHaveLength(summary.kinds.ntp!.begun);
    // A question whose answer is too long is asked twice.
    const long = of("dns").filter(({ name }) => name === "large.example.test").length / 2;
    expect(of("dns").length - long).toBe(summary.kinds.dns!.begun);
    expect(of("http")).toEqual([]);
    expect(ledgerRows(ledger, "transfers")).toHaveLength(summary.kinds.ftp!.begun);
    expect(rows.every(({ outcome }) => outcome === "replied")).toBe(true);
  });

  test("in no second is more begun than the scenario allows", () => {
    // Each exchange by its first request: the second copies over TCP, and walks, belong to it.
    const firsts = new Map<string, number>();
    for (const row of rows) {
      const key =
        row.protocol === "dns" && row.name === "large.example.test"
          ? `${row.identifier}`
          : `${row.protocol} ${row.client_port} ${row.identifier}`;
      firsts.set(key, Number(BigInt(row.requested_ns!) / 1000n));
    }
    const instants = [...firsts.values()].sort((a, b) => a - b);
    const most = MIX_SCENARIOS.find(({ name }) => name === "heavy")!.mostPerS;
    for (const [i, atUs] of instants.entries())
      if (i >= most) expect(atUs - instants[i - most]!).toBeGreaterThan(990_000);
    expect(instants.length).toBeGreaterThan(300);
  });

  test("Ctrl-C ends it with a summary and the ledger complete", async () => {
    const folder = join(site.folder, "stopped");
    const child = site.spawnNear(process.execPath, [
      ...PROGRAM,
      "--scenario",
      "office",
      "-6",
      "--server",
      FAR6,
      "--timeout",
      "20",
      "--report",
      "1",
      "--ledger",
      folder,
    ]);
    let said = "";
    let hasBegun = false;
    child.stdout!.on("data", (text: Buffer) => {
      said += text;
      if (!hasBegun && /\d+ exchanges in/.test(said)) {
        hasBegun = true;
        child.kill("SIGINT");
      }
    });
    const [status] = await once(child, "close");
    expect(status).toBe(0);
    const last = said.slice(said.lastIndexOf(" exchanges in"));
    expect(last).toMatch(/ {2}dns {3}\d+ begun: (\d+) answered, 0 failed; /);
    const told = Number(/dns {3}(\d+) begun/.exec(last)![1]);
    const dns = ledgerRows(folder, "transactions").filter(({ protocol }) => protocol === "dns");
    expect(dns.length - dns.filter(({ name }) => name === "large.example.test").length / 2).toBe(told);
  });

  test("what the wire carried is what the ledger says", async () => {
    const packets = await site.packets("dns and udp and ip and dns.flags.response == 0", ["dns.id", "udp.srcport"]);
    const seen = packets.map(([id, port]) => `${id} ${port}`).sort();
    // Asked over TCP are those that the same name was asked for before, truncated.
    const tcp = await site.packets("dns and tcp and ip and dns.flags.response == 0", ["dns.id", "tcp.srcport"]);
    const all = [...seen, ...tcp.map(([id, port]) => `${id} ${port}`)].sort();
    expect(
      rows
        .filter(({ protocol }) => protocol === "dns")
        .map((row) => `${row.identifier} ${row.client_port}`)
        .sort(),
    ).toEqual(all);
  });
});
