import { addressText } from "@trafmon/observation";
import { type IpPayload, icmp, icmpv6, ipv4, ipv6, udp } from "@trafmon/packet";
import { instantAfter } from "../ledger/instant-text.ts";
import type { TransactionRow } from "../ledger/ledger-row.ts";
import { KIND, type PacketKind } from "../ledger/packet-kind.ts";
import type { RequestTraffic } from "../scenario/scenario.ts";
import type { Craft } from "./craft.ts";
import { dnsRequests } from "./exchange/dns-request.ts";
import { echoRequests } from "./exchange/echo-request.ts";
import { ntpRequests } from "./exchange/ntp-request.ts";
import type { PreparedRequest, PrepareRequest } from "./exchange/prepared-request.ts";
import { snmpRequests } from "./exchange/snmp-request.ts";
import { fragmentsOf } from "./ip-fragments.ts";
import { framed, linkHeader } from "./link-header.ts";
import { RepeatedStarts } from "./repeated-starts.ts";

const UDP = 17;
const ICMP = 1;
const ICMPV6 = 58;
const ECHO = { request: { 4: 8, 6: 128 }, reply: { 4: 0, 6: 129 } } as const;
/** Of UDP and ICMP alike. */
const TRANSPORT_BYTES = 8;
/** From a reply to its copy. */
const COPY_NS = 1e6;

/** Sends requests and replies of one packet each. */
export class RequestSource extends RepeatedStarts {
  readonly #traffic: RequestTraffic;
  readonly #prepare: PrepareRequest;
  readonly protocol: number;
  #identification: number;

  constructor(traffic: RequestTraffic, craft: Craft) {
    super(traffic, craft);
    this.#traffic = traffic;
    this.#prepare = prepareOf(traffic, () => this.random);
    this.protocol = traffic.kind !== "ping" ? UDP : traffic.from.family === 4 ? ICMP : ICMPV6;
    this.#identification = this.random.below(65_536);
  }

  override start(): void {
    const { from, to, fromPort, toPort } = this.picker;
    const prepared = this.#prepare(instantAfter(this.craft.start, this.craft.timeline.nowNs));
    new Asking(this, this.#traffic, prepared, {
      client: Uint8Array.from(from),
      server: Uint8Array.from(to),
      clientPort: fromPort,
      serverPort: toPort,
    }).begin();
  }

  nextIdentification(): number {
    this.#identification = (this.#identification + 1) & 0xffff;
    return this.#identification;
  }
}

function prepareOf({ question }: RequestTraffic, random: () => RequestSource["random"]): PrepareRequest {
  switch (question.protocol) {
    case "dns":
      return dnsRequests(question, random);
    case "ntp":
      return ntpRequests(question.stratum);
    case "snmp":
      return snmpRequests(question, random);
    case "icmp":
      return echoRequests(question.payloadBytes, random);
  }
}

interface AskingEnds {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly clientPort: number;
  readonly serverPort: number;
}

/** One request with all its copies, and the replies to it. Written down, as the first tap saw it, when all is over. */
class Asking {
  readonly #source: RequestSource;
  readonly #traffic: RequestTraffic;
  readonly #prepared: PreparedRequest;
  readonly #ends: AskingEnds;
  readonly #flows: { readonly fwd: number; readonly rev: number };
  readonly #isLate: boolean;
  readonly #isUnanswered: boolean;
  readonly #isRepeated: boolean;
  readonly #hasDuplicateReply: boolean;
  /** What is on its way or still to be done. */
  #pending = 0;
  #requestsSeen = 0;
  #repliesSeen = 0;
  #requestedNs: number | null = null;
  #lastRequestedNs = 0;
  #repliedNs: number | null = null;
  #requestsArrived = 0;
  #replyBytes = 0;

  constructor(source: RequestSource, traffic: RequestTraffic, prepared: PreparedRequest, ends: AskingEnds) {
    this.#source = source;
    this.#traffic = traffic;
    this.#prepared = prepared;
    this.#ends = ends;
    const { random } = source;
    const chance = random.fraction();
    this.#isUnanswered = chance < traffic.unanswered;
    this.#isLate = !this.#isUnanswered && chance < traffic.unanswered + traffic.late;
    this.#isRepeated = random.isLikely(traffic.repeated) && !this.#isLate;
    this.#hasDuplicateReply = random.isLikely(traffic.duplicateReplies);
    const ports =
      source.protocol === UDP
        ? { sourcePort: ends.clientPort, destinationPort: ends.serverPort }
        : { sourcePort: null, destinationPort: null };
    const { account } = source.craft;
    const key = { protocol: source.protocol, source: ends.client, destination: ends.server, ...ports };
    this.#flows = {
      fwd: account.flow({ direction: "fwd", ...key }),
      rev: account.flow({
        direction: "rev",
        protocol: source.protocol,
        source: ends.server,
        destination: ends.client,
        sourcePort: ports.destinationPort,
        destinationPort: ports.sourcePort,
      }),
    };
  }

  begin(): void {
    this.#sendRequest(KIND.REQUEST);
    if (this.#isRepeated) this.#later(this.#traffic.repeatAfterNs, () => this.#sendRequest(KIND.REPEAT));
  }

  #sendRequest(kind: PacketKind): void {
    this.#send(true, this.#prepared.request, kind, () => this.#onRequest());
  }

  /** A request has come to the server. Of a repeated one, the second copy is answered. */
  #onRequest(): void {
    this.#requestsArrived++;
    if (this.#isUnanswered || this.#requestsArrived !== (this.#isRepeated ? 2 : 1)) return;
    const { jitterNs, timeoutNs, lateByNs } = this.#traffic;
    const serveNs = jitterNs === 0 ? 0 : this.#source.random.below(jitterNs + 1);
    this.#later(this.#isLate ? timeoutNs + lateByNs : serveNs, () => {
      const reply = this.#prepared.reply(instantAfter(this.#source.craft.start, this.#source.craft.timeline.nowNs));
      this.#replyBytes = reply.length - (this.#source.protocol === UDP ? 0 : 4);
      this.#send(false, reply, KIND.REPLY, null);
      if (this.#hasDuplicateReply) this.#later(COPY_NS, () => this.#send(false, reply, KIND.DUPLICATE_REPLY, null));
    });
  }

  #later(delayNs: number, call: () => void): void {
    const { timeline } = this.#source.craft;
    this.#pending++;
    timeline.call(timeline.nowNs + delayNs, () => {
      call();
      this.#done();
    });
  }

  #send(isForward: boolean, message: Uint8Array, kind: PacketKind, onArrival: (() => void) | null): void {
    const { craft } = this.#source;
    const packet = this.#packetOf(isForward, message, craft.mtuBytes);
    const pieces =
      packet.length <= craft.mtuBytes
        ? [{ packet, payloadBytes: message.length - (this.#source.protocol === UDP ? 0 : 4) }]
        : fragmentsOf(packet, craft.mtuBytes, TRANSPORT_BYTES, this.#source.nextIdentification());
    const number = this.#source.lane.nextNumber();
    let missing = pieces.length;
    pieces.forEach((piece, i) => {
      this.#pending++;
      let isFirstSighting = true;
      this.#sendPiece(isForward, piece.packet, piece.payloadBytes, kind, number, {
        // The header is in the first piece.
        onSeen: (hop, atNs) => {
          if (i === 0 && hop === 1 && isFirstSighting) {
            isFirstSighting = false;
            this.#noteSeen(isForward, atNs);
          }
        },
        onArrival: (_atNs, isCopy) => {
          if (!isCopy && --missing === 0) onArrival?.();
        },
        onSettled: () => this.#done(),
      });
    });
  }

  #sendPiece(
    isForward: boolean,
    packet: Uint8Array,
    payloadBytes: number,
    kind: PacketKind,
    number: number,
    hooks: {
      readonly onSeen: (hop: number, atNs: number) => void;
      readonly onArrival: (atNs: number, isCopy: boolean) => void;
      readonly onSettled: () => void;
    },
  ): void {
    const { craft, lane } = this.#source;
    const { from, vlan, clientDelayNs, serverDelayNs } = this.#traffic;
    const header = linkHeader(craft.macs, isForward, from.family, vlan);
    craft.path.send(
      {
        frame: framed(header, packet),
        linkHeaderBytes: header.length,
        isForward,
        lane,
        flow: isForward ? this.#flows.fwd : this.#flows.rev,
        number,
        ipBytes: packet.length,
        payloadBytes,
        kind,
        sendDelayNs: isForward ? clientDelayNs : serverDelayNs,
        receiveDelayNs: isForward ? serverDelayNs : clientDelayNs,
        trouble: null,
        ...hooks,
      },
      craft.timeline.nowNs,
    );
  }

  #packetOf(isForward: boolean, message: Uint8Array, mtuBytes: number): Uint8Array {
    const { client, server, clientPort, serverPort } = this.#ends;
    const { tos, ttl, from } = this.#traffic;
    const [source, destination] = isForward ? [client, server] : [server, client];
    let transport: IpPayload;
    if (this.#source.protocol === UDP)
      transport = isForward ? udp(clientPort, serverPort, message) : udp(serverPort, clientPort, message);
    else {
      const type = ECHO[isForward ? "request" : "reply"][from.family];
      const rest = new DataView(message.buffer, message.byteOffset).getUint32(0);
      transport = (from.family === 4 ? icmp : icmpv6)(type, 0, rest, message.subarray(4));
    }
    if (from.family === 6) return ipv6(source, destination, transport, { trafficClass: tos, hopLimit: ttl });
    return ipv4(source, destination, transport, {
      tos,
      ttl,
      identification: this.#source.nextIdentification(),
      dontFragment: 20 + transport.bytes.length <= mtuBytes,
    });
  }

  #noteSeen(isForward: boolean, atNs: number): void {
    if (isForward) {
      this.#requestsSeen++;
      this.#requestedNs ??= atNs;
      this.#lastRequestedNs = atNs;
    } else {
      this.#repliesSeen++;
      this.#repliedNs ??= atNs;
    }
  }

  #done(): void {
    if (--this.#pending === 0 && this.#requestedNs !== null)
      this.#source.craft.account.transaction(this.#row(this.#requestedNs));
  }

  #row(requestedNs: number): TransactionRow {
    const { client, server, clientPort, serverPort } = this.#ends;
    const { words, status, request } = this.#prepared;
    const hasPorts = this.#source.protocol === UDP;
    const repliedNs = this.#repliedNs;
    const isLate = repliedNs !== null && repliedNs - requestedNs > this.#traffic.timeoutNs;
    // Of ICMP, the message begins with the last four bytes of the header.
    const bytes = request.length - (hasPorts ? 0 : 4);
    return {
      ...words,
      client: addressText(client),
      clientPort: hasPorts ? clientPort : null,
      server: addressText(server),
      serverPort: hasPorts ? serverPort : null,
      requestedNs,
      lastRequestedNs: this.#lastRequestedNs,
      repliedNs,
      outcome: repliedNs === null ? "unanswered" : isLate ? "late" : "replied",
      repeats: this.#requestsSeen - 1,
      duplicateReplies: Math.max(0, this.#repliesSeen - 1),
      status: repliedNs === null ? null : status,
      requestBytes: bytes,
      replyBytes: repliedNs === null ? null : this.#replyBytes,
    };
  }
}
