import type { Database } from "./volume-question.ts";

/** IPv4 and IPv6 addresses that are nowhere on the Internet, first and last: private, loopback, link-local, multicast. */
const LOCAL: readonly (readonly [first: string, last: string])[] = [
  ["10.0.0.0", "10.255.255.255"],
  ["127.0.0.0", "127.255.255.255"],
  ["169.254.0.0", "169.254.255.255"],
  ["172.16.0.0", "172.31.255.255"],
  ["192.168.0.0", "192.168.255.255"],
  ["224.0.0.0", "239.255.255.255"],
  ["fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
];

/**
 * How many local addresses trafMon_updateIpInfo has not looked at yet. Until then they bear no label, and a report takes
 * them for hosts on the Internet.
 */
export async function askUnlabelled(database: Database): Promise<number> {
  // Bytes compare as numbers only where they are as many.
  const isLocal = LOCAL.map(
    ([first]) =>
      `LENGTH(address) = ${first.includes(":") ? 16 : 4} AND address BETWEEN INET6_ATON(?) AND INET6_ATON(?)`,
  ).join(" OR ");
  const [row] = await database.rows<{ addresses: number | string }>(
    `SELECT COUNT(*) AS addresses FROM ipInfotable
      WHERE kind IS NULL AND activity IS NULL AND location IS NULL AND (${isLocal})`,
    LOCAL.flat(),
  );
  return Number(row?.addresses ?? 0);
}
