import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type LedgerRow, ledgerRows } from "../../ledger/ledger-rows.ts";
import { ledgerFlows } from "../../testing/ledger-flows.ts";
import { makeCapture } from "../../testing/made-capture.ts";
import { withFolder } from "../../testing/temporary-folder.ts";
import { hasTshark, tsharkComplaints, tsharkFields, tsharkFlows, wrongChecksums } from "../../testing/tshark.ts";

const MIXED_SERVICES = fileURLToPath(new URL("../../../../../etc/xml/mixed-services.xml", import.meta.url));

const traffic = (...elements: string[]) => `<trafgen><traffic>${elements.join("")}</traffic></trafgen>`;
const V4 = 'from="10.0.0.1-10.0.0.3" to="10.0.1.1"';
const V6 = 'from="2001:db8::1-2001:db8::3" to="2001:db8:1::1"';

/** Seconds since the epoch as tshark prints them, as nanoseconds. */
const ns = (seconds: string | undefined) => BigInt((seconds ?? "").replace(".", ""));

const count = (rows: readonly LedgerRow[], column: string) => {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[String(row[column])] = (counts[String(row[column])] ?? 0) + 1;
  return counts;
};

test("what is asked for comes about: unanswered, late, repeated, answered twice", () =>
  withFolder(async (folder) => {
    const shares = 'count="2000" every="10ms" unanswered="20%" late="10%" repeated="30%" duplicateReplies="10%"';
    const { ledger } = await makeCapture(
      folder,
      traffic(`<dns name="d" ${V4} ${shares} timeout="2s" lateBy="500ms"/>`),
    );
    const rows = ledgerRows(ledger, "transactions");
    expect(rows.length).toBe(2000);
    const { unanswered, late, replied } = count(rows, "outcome");
    // Four standard deviations of a binomial count.
    const near = (actual: number | undefined, share: number, of: number) =>
      expect(Math.abs((actual ?? 0) - share * of)).toBeLessThan(4 * Math.sqrt(of * share * (1 - share)));
    near(unanswered, 0.2, 2000);
    near(late, 0.1, 2000);
    near(replied, 0.7, 2000);
    near(rows.filter((row) => row.repeats === "1").length, 0.3 * 0.9, 2000);
    for (const row of rows) {
      const delay = row.replied_ns === null ? null : BigInt(row.replied_ns!) - BigInt(row.requested_ns!);
      if (row.outcome === "late") expect(delay).toBeGreaterThan(2_500_000_000n);
      if (row.outcome === "replied") expect(delay).toBeLessThan(1_100_000_000n);
      if (row.outcome === "unanswered") expect([delay, row.status, row.reply_bytes]).toEqual([null, null, null]);
      if (row.repeats === "1") expect(BigInt(row.last_requested_ns!) - BigInt(row.requested_ns!)).toBe(1_000_000_000n);
      if (row.outcome !== "unanswered" && row.repeats === "1") expect(delay).toBeGreaterThan(1_000_000_000n);
    }
  }));

test("behind taps that lose, the ledger says what the first of them saw", () =>
  withFolder(async (folder) => {
    const path = '<path><hop name="a" loss="10%"/><hop name="b" delay="3ms" loss="10%"/></path>';
    const xml = traffic(`<ntp name="n" ${V4} count="1000" every="20ms"/>`).replace("<traffic>", `${path}<traffic>`);
    const { ledger } = await makeCapture(folder, xml);
    const packets = ledgerRows(ledger, "packets");
    const requests = packets.filter((row) => row.kind === "request");
    const rows = ledgerRows(ledger, "transactions");
    expect(requests.length).toBe(1000);
    // Requests that never came to the first tap are no transactions there.
    expect(rows.length).toBe(requests.filter((row) => row.fate === "sent").length);
    const seen = ledgerRows(ledger, "flows").filter((row) => row.hop === "1" && row.direction === "rev");
    const replies = seen.reduce((sum, row) => sum + Number(row.packets), 0);
    expect(rows.filter((row) => row.replied_ns !== null).length).toBe(replies);
  }));

describe.skipIf(!hasTshark())("tshark agrees", () => {
  test("with every flow of mixed services, and finds nothing malformed", () =>
    withFolder(async (folder) => {
      const { path, ledger } = await makeCapture(folder, MIXED_SERVICES);
      expect(wrongChecksums(path)).toBe(0);
      expect(tsharkFlows(path)).toEqual(ledgerFlows(ledger));
      // What is scripted, and what follows from it.
      const expected =
        /^(DNS (query|response) retransmission|Connection reset|Previous segment|This frame is a \(suspected\)|D-SACK|TCP window specified|TCP Zero Window)/;
      expect([...tsharkComplaints(path).keys()].filter((each) => !expected.test(each))).toEqual([]);
      expect(tsharkFields(path, ["frame.number"], "_ws.malformed")).toEqual([]);
    }));

  test("with DNS, each query and response", () =>
    withFolder(async (folder) => {
      const shares = 'count="60" every="20ms" unanswered="10%"';
      const { path, ledger } = await makeCapture(
        folder,
        traffic(
          `<dns name="a" ${V4} ${shares} names="a.test b.c.test" answers="3"/>`,
          `<dns name="b" ${V6} ${shares} type="AAAA"/>`,
          `<dns name="c" ${V4} fromPort="3000-4000" ${shares} type="TXT" responseCode="SERVFAIL"/>`,
        ),
      );
      const fields = [
        "dns.id",
        "frame.time_epoch",
        "udp.length",
        "dns.qry.name",
        "dns.flags.rcode",
        "dns.count.answers",
      ];
      const queries = tsharkFields(path, fields, "dns.flags.response == 0");
      const byId = new Map(tsharkFields(path, fields, "dns.flags.response == 1").map((row) => [row["dns.id"], row]));
      const rows = ledgerRows(ledger, "transactions");
      expect(rows.length).toBe(queries.length);
      expect(rows.length).toBe(180);
      for (const query of queries) {
        const row = rows.find((each) => each.identifier === query["dns.id"])!;
        const response = byId.get(query["dns.id"]);
        expect(row).toMatchObject({
          requested_ns: String(ns(query["frame.time_epoch"])),
          replied_ns: response === undefined ? null : String(ns(response["frame.time_epoch"])),
          name: query["dns.qry.name"],
          request_bytes: String(Number(query["udp.length"]) - 8),
          reply_bytes: response === undefined ? null : String(Number(response["udp.length"]) - 8),
        });
        const rcode = { NOERROR: "0", SERVFAIL: "2" }[row.status as string];
        if (response !== undefined) {
          expect(response["dns.flags.rcode"]).toBe(rcode);
          expect(response["dns.count.answers"]).toBe(
            row.status === "SERVFAIL" ? "0" : row.operation === "A" ? "3" : "1",
          );
        }
      }
    }));

  test("with NTP: what ties request and reply", () =>
    withFolder(async (folder) => {
      const { path, ledger } = await makeCapture(folder, traffic(`<ntp name="n" ${V6} count="20" stratum="3"/>`));
      const replies = tsharkFields(path, ["ntp.org", "ntp.stratum", "ntp.flags.vn"], "ntp.flags.mode == 4");
      const requests = tsharkFields(path, ["ntp.xmt"], "ntp.flags.mode == 3");
      expect(requests.map((row) => row["ntp.xmt"])).toEqual(replies.map((row) => row["ntp.org"]));
      expect(new Set(requests.map((row) => row["ntp.xmt"])).size).toBe(20);
      expect(replies.every((row) => row["ntp.stratum"] === "3" && row["ntp.flags.vn"] === "4")).toBe(true);
      expect(ledgerRows(ledger, "transactions").every((row) => row.outcome === "replied")).toBe(true);
    }));

  test("with SNMP of all versions and kinds", () =>
    withFolder(async (folder) => {
      const kinds = ["1 get", "1 set", "2c getNext", "2c getBulk", "3 get", "3 getBulk"];
      const elements = kinds.map((kind, i) => {
        const [version, pdu] = kind.split(" ");
        const oids = 'oids="1.3.6.1.2.1.1.3.0 2.16.840.1.113730 1.3.6.1.4.1.4294967295.127.128.16384"';
        return `<snmp name="s${i}" ${V4} version="${version}" pdu="${pdu}" ${oids} errorStatus="${i === 1 ? 5 : 0}"/>`;
      });
      const { path, ledger } = await makeCapture(folder, traffic(...elements));
      expect(tsharkFields(path, ["frame.number"], "_ws.malformed")).toEqual([]);
      const fields = ["snmp.request_id", "snmp.msgID", "snmp.data", "snmp.error_status", "snmp.name"];
      const seen = tsharkFields(path, fields, "snmp");
      expect(seen.length).toBe(12);
      for (const row of ledgerRows(ledger, "transactions")) {
        const mine = seen.filter((each) => (each["snmp.msgID"] || each["snmp.request_id"]) === row.identifier);
        const tags = { GetRequest: "0", GetNextRequest: "1", SetRequest: "3", GetBulkRequest: "5" };
        expect(mine.map((each) => each["snmp.data"])).toEqual([tags[row.operation as keyof typeof tags], "2"]);
        expect(mine[1]!["snmp.error_status"]).toBe(row.status === "genErr" ? "5" : "0");
        expect(mine[0]!["snmp.name"]).toBe("1.3.6.1.2.1.1.3.0");
      }
    }));

  test("with echoes of both families, whole and in fragments", () =>
    withFolder(async (folder) => {
      const { path, ledger } = await makeCapture(
        folder,
        traffic(`<ping name="a" ${V4} count="10"/>`, `<ping name="b" ${V6} count="10" bytes="9000" unanswered="30%"/>`),
      );
      expect(wrongChecksums(path)).toBe(0);
      const rows = ledgerRows(ledger, "transactions");
      const fields = ["icmp.seq", "icmpv6.echo.sequence_number", "data.len"];
      const seen = tsharkFields(path, fields, "icmp.type == 8 or icmpv6.type == 128");
      expect(seen.length).toBe(20);
      expect(rows.filter((row) => row.server === "10.0.1.1").map((row) => row.request_bytes)).toEqual(
        Array(10).fill("56"),
      );
      expect(rows.filter((row) => row.server !== "10.0.1.1").map((row) => row.request_bytes)).toEqual(
        Array(10).fill("9000"),
      );
      const replied = tsharkFields(path, ["frame.number"], "icmp.type == 0 or icmpv6.type == 129").length;
      expect(rows.filter((row) => row.outcome === "replied").length).toBe(replied);
      expect(tsharkFlows(path)).toEqual(ledgerFlows(ledger));
    }));

  test("with HTTP: when requests end and responses begin, and their sizes", () =>
    withFolder(async (folder) => {
      const { path, ledger } = await makeCapture(
        folder,
        traffic(
          `<http name="a" ${V4} count="5" every="10ms" requestsPerConnection="4" responseBytes="0-50kB" paths="/a?x=1 /b"/>`,
          `<http name="b" ${V6} count="3" method="POST" status="503" responseBytes="2000"/>`,
          `<http name="c" ${V6} toPort="8080" count="3" method="HEAD" responseBytes="2000"/>`,
          `<http name="d" ${V4} toPort="8080" count="3" unanswered="100%" timeout="1s"/>`,
        ),
      );
      expect(tsharkFields(path, ["frame.number"], "_ws.malformed")).toEqual([]);
      const whole = ["-o", "http.desegment_body:TRUE", "-o", "tcp.desegment_tcp_streams:TRUE"];
      const requests = tsharkFields(
        path,
        ["http.request.method", "http.request.uri", "frame.time_epoch"],
        "http.request",
        ...whole,
      );
      const rows = ledgerRows(ledger, "transactions");
      const line = (...parts: unknown[]) => parts.join(" ");
      expect(rows.map((row) => line(row.operation, row.object, row.requested_ns)).sort()).toEqual(
        requests
          .map((row) =>
            line(row["http.request.method"], row["http.request.uri"]!.replace(/\?.*/, ""), ns(row["frame.time_epoch"])),
          )
          .sort(),
      );
      // Without putting bodies together, a response is where its header ends.
      const heads = ["-o", "http.desegment_body:FALSE", "-o", "http.desegment_headers:FALSE"];
      const responses = tsharkFields(path, ["http.response.code", "frame.time_epoch"], "http.response", ...heads);
      expect(
        rows
          .filter((row) => row.replied_ns !== null)
          .map((row) => line(row.status, row.replied_ns))
          .sort(),
      ).toEqual(responses.map((row) => line(row["http.response.code"], ns(row["frame.time_epoch"]))).sort());
      expect(count(rows, "outcome")).toEqual({ replied: 26, unanswered: 3 });
      const connections = ledgerRows(ledger, "connections");
      expect(count(connections, "ending")).toEqual({ closed: 11, reset: 3 });
      const sum = (rowsOf: readonly LedgerRow[], column: string) =>
        rowsOf.reduce((total, row) => total + Number(row[column] ?? 0), 0);
      expect(sum(rows, "request_bytes")).toBe(sum(connections, "fwd_unique_payload_bytes"));
      expect(sum(rows, "reply_bytes")).toBe(sum(connections, "rev_unique_payload_bytes"));
    }));

  test("with FTP of all modes, commands and outcomes", () =>
    withFolder(async (folder) => {
      const elements: string[] = [];
      for (const mode of ["PORT", "PASV", "EPRT", "EPSV"])
        for (const command of ["RETR", "STOR", "APPE", "STOU", "LIST", "NLST", "MLSD"])
          for (const outcome of ["complete", "failed", "aborted"])
            elements.push(
              `<ftp name="f${elements.length}" ${mode.startsWith("E") ? V6 : V4} fromPort="${40_000 + elements.length}" mode="${mode}" command="${command}" outcome="${outcome}" fileBytes="${elements.length * 999}" transfers="2" start="${elements.length * 2}"/>`,
            );
      const { path, ledger } = await makeCapture(folder, traffic(...elements));
      expect(tsharkFields(path, ["frame.number"], "_ws.malformed")).toEqual([]);
      const rows = ledgerRows(ledger, "transfers");
      expect(rows.length).toBe(168);
      const asked = tsharkFields(
        path,
        ["ftp.request.command", "ftp.request.arg", "frame.time_epoch"],
        'ftp.request.command in {"RETR","STOR","APPE","STOU","LIST","NLST","MLSD"}',
      );
      expect(asked.map((row) => `${row["ftp.request.command"]} ${ns(row["frame.time_epoch"])}`).sort()).toEqual(
        rows.map((row) => `${row.command} ${row.command_ns}`).sort(),
      );
      const replies = tsharkFields(
        path,
        ["ftp.response.code", "frame.time_epoch"],
        "ftp.response.code in {226,426,550}",
      );
      const said = new Set(replies.map((row) => `${row["ftp.response.code"]} ${ns(row["frame.time_epoch"])}`));
      for (const row of rows) expect(said).toContain(`${row.reply_code} ${row.reply_ns}`);
      expect(count(rows, "outcome")).toEqual({ complete: 56, failed: 56, aborted: 56 });
      // Payload of data connections, by the port that listened, as tshark's TCP sees it.
      const data = new Map<string, { bytes: number; first: bigint; last: bigint; syn: bigint | null }>();
      const fields = [
        "tcp.srcport",
        "tcp.dstport",
        "tcp.len",
        "tcp.flags.syn",
        "tcp.flags.ack",
        "frame.time_epoch",
        "ip.src",
        "ipv6.src",
        "tcp.stream",
      ];
      const listening = (port: string | undefined) => Number(port) >= 30_000 && Number(port) < 40_000;
      for (const row of tsharkFields(path, fields, "tcp")) {
        if (![row["tcp.srcport"], row["tcp.dstport"]].some(listening)) continue;
        const key = row["tcp.stream"]!;
        const found = data.get(key) ?? { bytes: 0, first: 0n, last: 0n, syn: null };
        data.set(key, found);
        const at = ns(row["frame.time_epoch"]);
        found.syn ??= at;
        if (row["tcp.len"] === "0") continue;
        if (found.bytes === 0) found.first = at;
        found.last = at;
        found.bytes += Number(row["tcp.len"]);
      }
      const lines = [...data.values()].map(({ bytes, first, last, syn }) =>
        bytes === 0 ? `0 ${syn}` : `${bytes} ${syn} ${first} ${last}`,
      );
      const told = rows
        .filter((row) => row.data_connection_ns !== null)
        .map((row) =>
          row.bytes === "0"
            ? `0 ${row.data_connection_ns}`
            : `${row.bytes} ${row.data_connection_ns} ${row.first_byte_ns} ${row.last_byte_ns}`,
        );
      expect(told.sort()).toEqual(lines.sort());
      expect(tsharkFlows(path)).toEqual(ledgerFlows(ledger));
    }));
});
