/** What a ledger says besides packets. Instants are nanoseconds after the start of the run; null: it did not happen. */

/** A request and what became of it. */
export interface TransactionRow {
  /** As in observation `trans`: `dns`, `ntp`, `snmp`, `http`, `icmp`, `tls`, ... */
  readonly protocol: string;
  /** Address as text. */
  readonly client: string;
  /** null where the protocol has no ports. */
  readonly clientPort: number | null;
  readonly server: string;
  readonly serverPort: number | null;
  /** What pairs request and reply: DNS id, SNMP request-id, ICMP `id/seq`, ... */
  readonly identifier: string | null;
  /** First copy of the request. */
  readonly requestedNs: number;
  /** Last copy; the same where it was not repeated. */
  readonly lastRequestedNs: number;
  readonly repliedNs: number | null;
  /** `late`: the reply came after the time-out, so that it counts as unanswered too. */
  readonly outcome: "replied" | "unanswered" | "late";
  /** Copies of the request beyond the first, and of the reply. */
  readonly repeats: number;
  readonly duplicateReplies: number;
  /** As in observation `trans`: DNS type, HTTP method, SNMP PDU type, NTP mode, ... */
  readonly operation: string | null;
  /** DNS response code, HTTP status, SNMP error status, NTP stratum, ... */
  readonly status: string | null;
  /** DNS name, HTTP host. */
  readonly name?: string | null;
  /** HTTP path. */
  readonly object?: string | null;
  /** Of SNMP, HTTP or NTP. */
  readonly version?: string | null;
  /** Payload bytes of the first copy of the request, and of the reply, on the wire. */
  readonly requestBytes?: number | null;
  readonly replyBytes?: number | null;
}

/** One FTP transfer. */
export interface TransferRow {
  readonly client: string;
  readonly clientPort: number | null;
  readonly server: string;
  readonly serverPort: number | null;
  readonly user: string | null;
  /** RETR STOR APPE STOU LIST NLST MLSD */
  readonly command: string;
  readonly path: string | null;
  /** Of REST, bytes. */
  readonly restartOffset?: number;
  /** null: no data connection was asked for. */
  readonly mode: "PORT" | "EPRT" | "PASV" | "EPSV" | null;
  /** Where the data connection went: the end that listened. */
  readonly dataAddress: string | null;
  readonly dataPort: number | null;
  /** Payload bytes of the file or listing that went over the data connection. */
  readonly bytes: number;
  readonly outcome: "complete" | "failed" | "aborted";
  /** Code of the final reply. */
  readonly replyCode: number | null;
  readonly commandNs: number;
  /** SYN of the data connection. */
  readonly dataConnectionNs: number | null;
  readonly firstByteNs: number | null;
  readonly lastByteNs: number | null;
  readonly replyNs: number | null;
}

/** What a tap must find in one direction of a TCP connection, by the definitions of docs/observations.md. */
export interface ConnectionSide {
  /** Segments with the copies of frames, their IP bytes and their payload. */
  readonly packets: number;
  readonly ipBytes: number;
  readonly payloadBytes: number;
  /** Distinct sequence numbers seen, probes excluded. */
  readonly uniquePayloadBytes: number;
  readonly retransmittedSegments: number;
  readonly retransmittedBytes: number;
  readonly outOfOrderSegments: number;
  readonly duplicateAcks: number;
  readonly duplicateFrames: number;
  readonly keepAlives: number;
  readonly windowProbes: number;
  /** Advertisements of a window of 0. */
  readonly zeroWindows: number;
  /** Those that report duplicates (RFC 2883) apart. */
  readonly sackBlocks: number;
  readonly dsackBlocks: number;
  /** SYNs or SYN-ACKs, FINs and RSTs, those sent again included. */
  readonly syns: number;
  readonly fins: number;
  readonly resets: number;
}

export interface ConnectionRow {
  /** Tap of a path, from 1; 0: where the packets were sent. Default: 0. */
  readonly hop?: number;
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly serverPort: number;
  /** First packet sent; not the SYN where the connection begins in its middle. */
  readonly startNs: number;
  readonly endNs: number;
  /** `open`: it was left without FIN or RST. */
  readonly ending: "closed" | "half closed" | "reset" | "refused" | "open" | "unanswered";
  /** SYN to SYN-ACK, and SYN-ACK to ACK, as sent; null without them. */
  readonly serverHandshakeNs: number | null;
  readonly clientHandshakeNs: number | null;
  /** What is absent is not known: through sockets the system makes the segments, and tells only some of it. */
  readonly fwd: Partial<ConnectionSide>;
  readonly rev: Partial<ConnectionSide>;
}

/** Of a pair of hops and a packet, in the words of docs/glossary.md. */
export type Verdict = "matched" | "lost" | "missed";
