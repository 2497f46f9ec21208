import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ledgerRows } from "./ledger/ledger-rows.ts";
import { checkSocketFitness } from "./plan/socket-fitness.ts";
import { parseScenario } from "./scenario/read-scenario.ts";
import { canServe, FAR4, FAR6, FarSite, fromSource, NEAR4, NEAR6 } from "./testing/far-site.ts";
import { ledgerFlows } from "./testing/ledger-flows.ts";
import { tsharkFlows } from "./testing/tshark.ts";

test("what an operating system cannot be asked to send is refused, all at once", () => {
  const scenario = parseScenario(
    `<trafgen><traffic>
      <conversation name="c" from="127.0.0.1" to="127.0.0.1"/>
      <stream name="t" protocol="tcp" from="127.0.0.1" to="10.0.0.2" rate="1pps" packets="1" vlan="5"><imix/></stream>
      <stream name="u" from="10.77.0.1" to="10.0.0.2" rate="1pps" packets="1"><imix/></stream>
      <dns name="d" from="0.0.0.0" to="10.0.0.2" late="1%"/><ntp name="n" from="::" to="::1"/></traffic></trafgen>`,
    "s.xml",
  );
  expect(() => checkSocketFitness(scenario, {})).toThrow(
    expect.objectContaining({
      code: "TRAFGEN_SOCKETS_UNFIT",
      message: expect.stringMatching(
        /c: a scripted .*; t: the vlan .*; u: 10\.77\.0\.1 is no address .*; d: whether a server/,
      ),
    }),
  );
});

describe.skipIf(!canServe())("to real servers, through sockets", () => {
  let site: FarSite;
  let folder: string;

  beforeAll(async () => {
    site = await FarSite.start(["dns", "http"]);
    folder = site.folder;
    writeFileSync(
      join(folder, "office.xml"),
      `<trafgen cycles="2"><traffic>
        <stream name="s4" from="${NEAR4}" to="${FAR4}" fromPort="4000" toPort="9" rate="300pps" duration="500ms" ttl="9"><fixedSize bytes="200"/></stream>
        <stream name="s6" from="${NEAR6}" to="${FAR6}" fromPort="4000" toPort="9" rate="100pps" duration="500ms"><uniformSize from="60" to="1400"/></stream>
        <ping name="p" from="0.0.0.0" to="${FAR4}" count="5" every="50ms"/>
        <dns name="d" from="0.0.0.0" to="${FAR4}" count="5" every="50ms"/>
        <http name="h" from="::" to="${FAR6}" count="2" every="100ms" paths="/" requestsPerConnection="2"/>
      </traffic></trafgen>`,
    );
  });

  afterAll(async () => {
    await site?.stop();
  });

  test("streams arrive as the ledger says, and servers answer", async () => {
    const program = fromSource("../main.ts");
    const args = ["-c", join(folder, "office.xml"), "-s", "-D", join(folder, "ledger"), "office"];
    const printed = await site.near(process.execPath, [...program, ...args]);
    expect(printed).toContain("p: 10 of 10 exchanges went well");
    expect(printed).toContain("d: 10 of 10 exchanges went well");
    await site.endTap();
    // Ports that nobody listens on are answered with ICMP, which quotes the datagram.
    const isStream = (line: string) => [NEAR4, NEAR6].some((near) => line.startsWith(`17 ${near} 4000 `));
    const captured = tsharkFlows(site.capture).filter(isStream);
    expect(captured).toEqual(ledgerFlows(join(folder, "ledger")));
    expect(captured.length).toBe(2);
    const rows = ledgerRows(join(folder, "ledger"), "transactions");
    const answered = (protocol: string) =>
      rows.filter((row) => row.protocol === protocol && row.outcome === "replied").length;
    expect([answered("icmp"), answered("dns"), answered("http")]).toEqual([10, 10, 8]);
  });
});
