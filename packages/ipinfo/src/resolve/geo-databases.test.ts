import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mmdbFile } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseAddress } from "./address.ts";
import { GeoDatabases } from "./geo-databases.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "geoip-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (text: string) => parseAddress(text)!;

function record(prefix: string, value: Parameters<typeof mmdbFile>[1][number]["value"]) {
  const [base, length] = prefix.split("/");
  const { bits, value: address } = at(base!);
  return { address, family: bits === 32 ? (4 as const) : (6 as const), prefixLength: Number(length), value };
}

test("City and ASN files answer for both families", async () => {
  const city = record("81.2.69.0/24", {
    country: { iso_code: "GB", names: { en: "United Kingdom", fr: "Royaume-Uni" } },
    city: { names: { en: "London" } },
    location: { latitude: 51.5142, longitude: -0.0931, time_zone: "Europe/London" },
  });
  const country = record("2a02:2788::/32", { country: { iso_code: "BE", names: { en: "Belgium" } } });
  writeFileSync(join(folder, "GeoLite2-City.mmdb"), mmdbFile("GeoLite2-City", [city, country]));
  const network = record("81.2.64.0/19", {
    autonomous_system_number: 20712,
    autonomous_system_organization: "Andrews & Arnold",
  });
  writeFileSync(join(folder, "GeoLite2-ASN.mmdb"), mmdbFile("GeoLite2-ASN", [network]));

  const geo = await GeoDatabases.open(folder);
  expect(geo.files).toEqual(["GeoLite2-ASN.mmdb", "GeoLite2-City.mmdb"]);
  expect(geo.placeOf(at("81.2.69.142"))).toEqual({
    countryCode: "GB",
    country: "United Kingdom",
    city: "London",
    latitude: 51.5142,
    longitude: -0.0931,
  });
  expect(geo.placeOf(at("2a02:2788::5"))).toMatchObject({ countryCode: "BE", country: "Belgium", city: null });
  expect(geo.networkOf(at("81.2.69.142"))).toEqual({ asn: 20712, asName: "Andrews & Arnold" });
  expect(geo.networkOf(at("8.8.8.8"))).toEqual({ asn: null, asName: null });
  expect(geo.placeOf(at("8.8.8.8")).country).toBeNull();
});

test("values of another type than expected are not believed", async () => {
  const odd = record("81.2.69.0/24", {
    country: "GB",
    city: ["London"],
    location: { latitude: 951.5, longitude: "x" },
  });
  writeFileSync(join(folder, "x.mmdb"), mmdbFile("Odd-City", [odd]));
  const geo = await GeoDatabases.open(folder);
  expect(Object.values(geo.placeOf(at("81.2.69.1")))).toEqual([null, null, null, null, null]);
});

test("without a folder nothing is found; a broken file is named", async () => {
  const none = await GeoDatabases.open(join(folder, "missing"));
  expect(none.files).toEqual([]);
  expect(none.placeOf(at("81.2.69.1")).country).toBeNull();
  writeFileSync(join(folder, "broken.mmdb"), "not a database");
  await expect(GeoDatabases.open(folder)).rejects.toMatchObject({
    code: "IPINFO_GEOIP_UNREADABLE",
    message: expect.stringContaining("broken.mmdb"),
  });
});
