/** Request/response protocols of `twoway` and `trans`, in wire order. */
export const requestProtocols = [
  "icmp",
  "dns",
  "ntp",
  "snmp",
  "http",
  "tls",
  "tcp-handshake",
  "udp",
  "tcp",
  "user",
] as const;
