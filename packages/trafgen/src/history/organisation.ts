import { addressText, parseAddress } from "@trafmon/observation";

/** One machine of the organisation, or of the world outside. */
export interface Host {
  readonly address: Uint8Array;
  readonly name: string;
  readonly activity: string;
  readonly location: string;
}

/** A group of machines that do the same at the same place. */
interface Group {
  readonly activity: string;
  readonly location: string;
  readonly hosts: readonly Host[];
}

/** The people and machines whose month is told. Shape: groups by their key. */
export interface Organisation {
  readonly groups: Readonly<Record<GroupKey, readonly Host[]>>;
  /** The same as ipInfo.ini, for trafMon_updateIpInfo. */
  readonly ipInfo: string;
}

export type GroupKey =
  | "brussels"
  | "lisbon"
  | "control"
  | "web"
  | "files"
  | "mail"
  | "names"
  | "clock"
  | "devices"
  | "archive"
  | "partner"
  | "outside";

/** `[key, activity, location, first IPv4, first IPv6 or null, machines at scale 1, name]` */
type GroupPlan = readonly [GroupKey, string, string, string, string | null, number, string];

// Documentation and private ranges only: what is made up must not look like anybody's machine.
const PLANS: readonly GroupPlan[] = [
  ["brussels", "Office", "Brussels", "10.40.0.11", "fd40::11", 24, "pc"],
  ["lisbon", "Office", "Lisbon", "10.41.0.11", "fd41::11", 14, "posto"],
  ["control", "Control room", "Darmstadt", "10.42.0.11", null, 8, "console"],
  ["web", "Intranet", "Frankfurt data centre", "10.50.1.80", "fd50:1::80", 2, "www"],
  ["files", "File exchange", "Frankfurt data centre", "10.50.2.21", "fd50:2::21", 2, "ftp"],
  ["mail", "Mail", "Frankfurt data centre", "10.50.3.25", null, 1, "mail"],
  ["names", "Infrastructure", "Frankfurt data centre", "10.50.4.53", "fd50:4::53", 2, "ns"],
  ["clock", "Infrastructure", "Frankfurt data centre", "10.50.4.123", null, 1, "clock"],
  ["devices", "Network equipment", "Brussels", "10.43.0.1", null, 10, "switch"],
  [
    "archive",
    "Long-term preservation of mission products and ancillary data",
    "Neustrelitz",
    "10.60.0.5",
    null,
    1,
    "archive",
  ],
  ["partner", "Partner ground station", "Kourou", "192.0.2.21", "2001:db8:21::21", 2, "station"],
  ["outside", "Web", "Outside", "198.51.100.1", "2001:db8:100::1", 40, "site"],
];

/** Who is there, at so many times the usual number of machines. */
export function organisation(scale: number): Organisation {
  const groups = PLANS.map((plan) => [plan[0], groupOf(plan, scale)] as const);
  const hostsOf = Object.fromEntries(groups.map(([key, { hosts }]) => [key, hosts]));
  return {
    groups: hostsOf as Record<GroupKey, readonly Host[]>,
    ipInfo: ipInfoOf(groups.map(([, group]) => group)),
  };
}

function groupOf([key, activity, location, v4, v6, machines, name]: GroupPlan, scale: number): Group {
  const isService = machines <= 2;
  const count = isService ? machines : Math.max(1, Math.round(machines * scale));
  const hosts = Array.from({ length: count }, (_, index) => {
    // One machine in five speaks IPv6; of the servers, the last.
    const isV6 = v6 !== null && (isService ? index === 1 : index % 5 === 4);
    const address = plus(parseAddress(isV6 ? v6 : v4)!, index);
    const number = String(index + 1).padStart(2, "0");
    return { address, name: `${name}${number}.${key}.example.test`, activity, location };
  });
  return { activity, location, hosts };
}

function plus(first: Uint8Array, number: number): Uint8Array {
  const address = Uint8Array.from(first);
  let carry = number;
  for (let at = address.length - 1; carry > 0 && at >= 0; at--) {
    carry += address[at]!;
    address[at] = carry & 0xff;
    carry >>>= 8;
  }
  return address;
}

function ipInfoOf(groups: readonly Group[]): string {
  const sections = groups.map(({ activity, location, hosts }) =>
    [`[${activity}/${location}]`, ...hosts.map(({ address, name }) => `${addressText(address)} = ${name}`)].join("\n"),
  );
  const head = "# Who is who in this synthetic history; for trafMon_updateIpInfo -p.\n\n[settings]\nprivate = no\n";
  return `${head}\n${sections.join("\n\n")}\n`;
}
