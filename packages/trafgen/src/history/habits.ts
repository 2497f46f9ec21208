import type { Random } from "../craft/random.ts";
import { logNormal, pick } from "./chance.ts";
import type { Exchange } from "./exchange.ts";
import type { FtpSession } from "./ftp-session.ts";
import type { GroupKey, Host } from "./organisation.ts";
import { nightly, officeHours, type Profile, roundTheClock } from "./profile.ts";
import type { TcpSession } from "./tcp-session.ts";

/** What a machine does again and again. */
export interface Habit {
  readonly clients: readonly GroupKey[];
  readonly servers: readonly GroupKey[];
  /** Times an hour per client, when it is busiest. */
  readonly perHour: number;
  readonly profile: Profile;
  readonly does: Doing;
}

/** What is done, once client, server and instant are known. */
export type Doing =
  | { readonly kind: "tcp"; session(of: Meeting): TcpSession }
  | { readonly kind: "exchange"; exchange(of: Meeting): Omit<Exchange, "isUnanswered"> }
  | { readonly kind: "ftp"; session(of: Meeting): FtpSession };

/** Who meets whom, and when. */
export interface Meeting {
  readonly client: Host;
  readonly server: Host;
  /** Seconds since the epoch. */
  readonly atS: number;
  readonly random: Random;
}

/** Usual round trip between two locations, seconds. */
export function roundTripS(one: Host, other: Host): number {
  const far: Readonly<Record<string, number>> = { Kourou: 0.19, Lisbon: 0.034, Outside: 0.045, Neustrelitz: 0.013 };
  return 0.004 + (far[one.location] ?? 0.003) + (far[other.location] ?? 0.003);
}

export const habits: readonly Habit[] = [
  tcpHabit(["brussels", "lisbon"], ["outside"], 26, officeHours, 443, "https", 1800, 42_000, 6),
  tcpHabit(["brussels", "lisbon", "control"], ["web"], 14, officeHours, 443, "https", 1400, 90_000, 3),
  tcpHabit(["brussels", "lisbon"], ["mail"], 6, officeHours, 993, "imaps", 900, 24_000, 20),
  tcpHabit(["control"], ["web"], 10, roundTheClock, 80, "http", 700, 16_000, 1),
  tcpHabit(["brussels"], ["control"], 2, officeHours, 22, "ssh", 9_000, 60_000, 400),
  exchangeHabit(["brussels", "lisbon", "control"], ["names"], 60, officeHours, "dns", "domain", 42, 120),
  exchangeHabit(["brussels", "lisbon", "control"], ["clock"], 4, roundTheClock, "ntp", "ntp", 48, 48),
  exchangeHabit(["control"], ["devices"], 12, roundTheClock, "snmp", "snmp", 44, 96),
  exchangeHabit(["control"], ["partner", "lisbon", "archive"], 20, roundTheClock, "icmp", null, 64, 64),
  ftpHabit(["partner"], ["files"], 6, roundTheClock, true, 9e6, 18e6),
  ftpHabit(["archive"], ["files"], 24, nightly, false, 3e7, 9e7),
  ftpHabit(["brussels", "lisbon"], ["files"], 0.8, officeHours, false, 2.5e6, 3e7),
];

function tcpHabit(
  clients: readonly GroupKey[],
  servers: readonly GroupKey[],
  perHour: number,
  profile: Profile,
  port: number,
  service: string,
  request: number,
  reply: number,
  durationS: number,
): Habit {
  const session = ({ client, server, atS, random }: Meeting): TcpSession => ({
    flow: { client, server, service },
    clientPort: 32_768 + random.below(28_000),
    serverPort: port,
    startS: atS,
    durationS: logNormal(random, durationS, 0.8),
    fwdPayload: Math.round(logNormal(random, request, 0.6)),
    revPayload: Math.round(logNormal(random, reply, 1.4)),
    roundTripS: roundTripS(client, server),
  });
  return { clients, servers, perHour, profile, does: { kind: "tcp", session } };
}

function exchangeHabit(
  clients: readonly GroupKey[],
  servers: readonly GroupKey[],
  perHour: number,
  profile: Profile,
  protocol: Exchange["protocol"],
  service: string | null,
  requestBytes: number,
  replyBytes: number,
): Habit {
  const exchange = ({ client, server, atS, random }: Meeting) => ({
    flow: { client, server, service },
    protocol,
    atS,
    requestBytes: requestBytes + (protocol === "dns" ? random.below(24) : 0),
    replyBytes: replyBytes + (protocol === "dns" ? random.below(240) : 0),
    roundTripS: roundTripS(client, server),
  });
  return { clients, servers, perHour, profile, does: { kind: "exchange", exchange } };
}

function ftpHabit(
  clients: readonly GroupKey[],
  servers: readonly GroupKey[],
  perHour: number,
  profile: Profile,
  isUpload: boolean,
  fileBytes: number,
  bitsPerS: number,
): Habit {
  const session = ({ client, server, atS, random }: Meeting): FtpSession => ({
    flow: { client, server },
    clientPort: 32_768 + random.below(28_000),
    startS: atS,
    user: pick(random, ["ops", "archive", "science"]),
    path: `/${isUpload ? "incoming" : "products"}/${new Date(atS * 1000).toISOString().slice(0, 10)}/pass-${random.below(9999)}.tar`,
    isUpload,
    fileBytes: Math.round(logNormal(random, fileBytes, 0.9)),
    roundTripS: roundTripS(client, server),
    bitsPerS: logNormal(random, bitsPerS, 0.25),
  });
  return { clients, servers, perHour, profile, does: { kind: "ftp", session } };
}
