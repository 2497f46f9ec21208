import type { MixOptions } from "../mix-options.ts";
import { DNS_PORT } from "../play/dns-exchange.ts";
import { dataModeOf, FTP_PORT } from "../play/ftp/ftp-session.ts";
import { HTTP_PORT } from "../play/http-exchange.ts";
import type { IcmpEcho } from "../play/icmp-echo.ts";
import { NTP_PORT } from "../play/ntp-exchange.ts";
import { SNMP_PORT } from "../play/snmp-exchange.ts";
import { familyOf } from "../send/socket-options.ts";
import {
  dnsPlayer,
  ftpPlayer,
  httpPlayer,
  ntpPlayer,
  type Player,
  type PlayerParts,
  pingPlayer,
  snmpPlayer,
} from "./mix-players.ts";
import type { MixKind } from "./mix-scenario.ts";

/** Who plays what: a player for each kind that somebody is to be asked. */
export function playersOf(
  addresses: Readonly<Partial<Record<MixKind, string>>>,
  echo: IcmpEcho | null,
  { hosts, names, paths, credentials, ftp }: MixOptions,
  parts: PlayerParts,
): Partial<Record<MixKind, Player>> {
  const { ping, dns, ntp, snmp, http, ftp: files } = addresses;
  return {
    ...(ping !== undefined && echo !== null && { ping: pingPlayer(ping, echo, parts) }),
    ...(dns !== undefined && { dns: dnsPlayer({ address: dns, port: DNS_PORT }, names, parts) }),
    ...(ntp !== undefined && { ntp: ntpPlayer({ address: ntp, port: NTP_PORT }, parts) }),
    ...(snmp !== undefined && { snmp: snmpPlayer({ address: snmp, port: SNMP_PORT }, credentials, parts) }),
    ...(http !== undefined && {
      http: httpPlayer({ address: http, port: HTTP_PORT }, hosts.http ?? http, paths, parts),
    }),
    ...(files !== undefined && {
      ftp: ftpPlayer(
        {
          server: { address: files, port: FTP_PORT },
          login: { user: ftp.user, password: ftp.password },
          mode: dataModeOf(ftp.mode, familyOf(files)),
          files: ftp.files,
          uploadFolder: ftp.uploadFolder,
        },
        parts,
      ),
    }),
  };
}
