import type {
  Range,
  RequestProtocol,
  SignatureSettings,
  TransactionSettings,
  TwoWayDelaySettings,
} from "@trafmon/settings";
import type { PayloadWish } from "../../capture/payload-plan.ts";
import { portsNotUnderstood } from "./protocol-ports.ts";
import { ServiceMessages } from "./service-messages.ts";

/** Bytes of a DNS message that hold its questions, and with details its answers. */
const DNS_BYTES = 600;
const DNS_BYTES_WITH_ANSWERS = 4096;
const NTP_BYTES = 48;
/** As far as the error status, behind engine ids, user name and authentication of version 3. */
const SNMP_BYTES = 512;

/** Ports that speak a protocol for a class; none: the class does not ask for it. */
export function portsOf(
  settings: TwoWayDelaySettings | null,
  protocol: Exclude<RequestProtocol, "icmp" | "tcp-handshake" | "user">,
): readonly Range[] {
  if (!settings?.protocols.includes(protocol)) return [];
  const { ports } = settings;
  return protocol === "udp" || protocol === "tcp" ? portsNotUnderstood(ports, protocol) : ports[protocol];
}

/** Services of the site's own that a class asks for. */
export function servicesOf(
  settings: TwoWayDelaySettings | null,
  transport: "udp" | "tcp",
): readonly SignatureSettings[] {
  if (!settings?.protocols.includes("user")) return [];
  return settings.ports.signatures.filter((each) => each.transport === transport);
}

/** Captured payload that messages over UDP are read out of. */
export function datagramWishes(
  settings: TwoWayDelaySettings,
  transactions: TransactionSettings | null,
): readonly PayloadWish[] {
  const hasAnswers = transactions?.protocols.includes("dns") ?? false;
  const wishes: readonly PayloadWish[] = [
    { protocol: "udp", ports: portsOf(settings, "dns"), bytes: hasAnswers ? DNS_BYTES_WITH_ANSWERS : DNS_BYTES },
    { protocol: "udp", ports: portsOf(settings, "ntp"), bytes: NTP_BYTES },
    { protocol: "udp", ports: portsOf(settings, "snmp"), bytes: SNMP_BYTES },
    ...(["udp", "tcp"] as const).flatMap((protocol) =>
      servicesOf(settings, protocol).map((service) => ({
        protocol,
        ports: service.ports,
        bytes: new ServiceMessages(service).mostBytes,
      })),
    ),
  ];
  return wishes.filter(({ ports }) => ports.length > 0);
}
