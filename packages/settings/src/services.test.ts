import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findServicesFile, parseServices, readServices, SHIPPED_SERVICES } from "./services.ts";

const services = readServices();

test("the shipped file has the services every network has, each port once", () => {
  expect(services.entries.length).toBeGreaterThan(150);
  expect(services.serviceOf(17, 53, 40000)).toMatchObject({ service: "dns", port: 53 });
  expect(services.serviceOf(6, 51000, 443)).toMatchObject({ service: "https", port: 443 });
  expect(services.serviceOf(132, 36412, 36412)).toMatchObject({ service: "s1ap" });
  expect(services.portsOf("dhcp")).toEqual([67, 68]);
  expect(services.portsOf("nothing")).toEqual([]);
});

test("the better precedence is the server's side, at a tie the lower port; ports nobody knows are none", () => {
  const own = parseServices("tcp\t80\thttp\t10\ntcp\t8080\talt\t40\ntcp\t22\tssh\t10\nudp\t80\tquic\t5\n", "own");
  expect(own.serviceOf(6, 8080, 80)?.port).toBe(80);
  expect(own.serviceOf(6, 80, 8080)?.port).toBe(80);
  expect(own.serviceOf(6, 80, 22)?.port).toBe(22);
  expect(own.serviceOf(6, 22, 80)?.port).toBe(22);
  expect(own.serviceOf(6, 8080, 1)?.service).toBe("alt");
  expect(own.serviceOf(17, 80, 8080)?.service).toBe("quic");
  expect(own.serviceOf(6, 1, 2)).toBeNull();
  expect(own.serviceOf(1, 80, 80)).toBeNull();
});

test("every wrong line is told", () => {
  const text =
    "# comment\ntcp\t80\thttp\t10\ntcp\t80\tweb\t10\ngre\t1\tx\t1\ntcp\t65536\tx\t1\ntcp\t1\tX y\t1\ntcp\t1\tx\n";
  expect(() => parseServices(text, "s.tsv")).toThrow(
    "cannot use the services s.tsv: line 3: the port stands in line 2 already; " +
      'line 4: "gre" is not one of tcp udp sctp; line 5: "65536" is no port; ' +
      'line 6: "X y" is no service name; line 7: "" is no precedence',
  );
});

test("the services of a site win over the shipped ones", () => {
  const has =
    (...paths: string[]) =>
    (path: string) =>
      paths.includes(path);
  expect(findServicesFile("/etc/trafMon/xml/tmon.xml", has("/etc/trafMon/services.tsv"))).toBe(
    "/etc/trafMon/services.tsv",
  );
  expect(findServicesFile("/tmp/x/tmon.xml", has("/tmp/services.tsv"))).toBe(SHIPPED_SERVICES);
  expect(findServicesFile("/tmp/x/tmon.xml", has("/tmp/x/services.tsv"))).toBe("/tmp/x/services.tsv");
});

test("a file that cannot be read is a coded error", () => {
  const directory = mkdtempSync(join(tmpdir(), "settings-"));
  expect(() => readServices(join(directory, "none.tsv"))).toThrow(
    expect.objectContaining({ code: "SETTINGS_UNREADABLE" }),
  );
  rmSync(directory, { recursive: true });
});

test("a well-known port is found from every other port", () => {
  for (let port = 0; port < 65_536; port++) expect(services.serviceOf(6, port, 443), String(port)).not.toBeNull();
});
