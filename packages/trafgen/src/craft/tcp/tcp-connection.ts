import { addressText } from "@trafmon/observation";
import { ipv4, ipv6, tcp } from "@trafmon/packet";
import type { ConnectionRow } from "../../ledger/ledger-row.ts";
import { KIND } from "../../ledger/packet-kind.ts";
import type { Ends, TcpManners, Trouble } from "../../scenario/scenario.ts";
import type { Craft } from "../craft.ts";
import type { EndPicker } from "../end-picker.ts";
import type { Lane } from "../lane.ts";
import { framed, linkHeader } from "../link-header.ts";
import type { Random } from "../random.ts";
import { SeenBytes } from "./seen-bytes.ts";
import { TapAccount } from "./tap-account.ts";
import { TcpEnd } from "./tcp-end.ts";
import { segmentOptions, synOptions } from "./tcp-options.ts";
import type { TcpSegment } from "./tcp-segment.ts";

const SYN = 0x02;
const TCP = 6;

/** What starts connections between ends it picks. */
export interface ConnectionStarter {
  readonly craft: Craft;
  readonly lane: Lane;
  readonly random: Random;
  readonly picker: EndPicker;
}

export interface ConnectionOptions {
  readonly craft: Craft;
  readonly lane: Lane;
  readonly random: Random;
  readonly manners: TcpManners;
  readonly ends: Pick<Ends, "tos" | "ttl" | "vlan">;
  /** 4 or 16 bytes; copied. */
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly clientPort: number;
  readonly serverPort: number;
  /** The side that opens the connection is the one that begins the traffic. An active FTP data connection's is not. */
  readonly isForward?: boolean;
}

type ConnectionHook = (() => void) | null;

/** A TCP connection between two crafted ends, over the path of the run. Written down when nothing of it is left. */
export class TcpConnection {
  readonly client: TcpEnd;
  readonly server: TcpEnd;
  /** Called when something has happened that a script may wait for. */
  onProgress: ConnectionHook = null;
  /** Called when the connection is over, reset or given up by either side included. */
  onOver: ConnectionHook = null;
  /** What the first tap has seen of each side's bytes. */
  readonly seen: { readonly client: SeenBytes; readonly server: SeenBytes } = {
    client: new SeenBytes(),
    server: new SeenBytes(),
  };
  /** When the first tap saw the first segment. */
  firstSeenNs: number | null = null;
  readonly #options: ConnectionOptions;
  readonly #taps: TapAccount[];
  readonly #sides: readonly [CraftedSide, CraftedSide];
  /** Packets on their way. */
  #underway = 0;
  /** No more is to be done with it. */
  #isDone = false;
  #wasRefused = false;
  #wasReset = false;
  #isWritten = false;

  /** Between the ends that were picked last. */
  static between({ craft, lane, random, picker }: ConnectionStarter, traffic: Ends & TcpManners): TcpConnection {
    return new TcpConnection({
      craft,
      lane,
      random,
      manners: traffic,
      ends: traffic,
      client: Uint8Array.from(picker.from),
      server: Uint8Array.from(picker.to),
      clientPort: picker.fromPort,
      serverPort: picker.toPort,
    });
  }

  constructor(options: ConnectionOptions) {
    const { craft, random, manners } = options;
    this.#options = options;
    this.#taps = Array.from({ length: craft.path.links - 1 }, () => new TapAccount());
    this.#sides = [this.#side(true), this.#side(false)];
    const end = (isClient: boolean) =>
      new TcpEnd(manners, craft.timeline, random.u32(), {
        send: (segment, trouble) => this.#send(isClient, segment, trouble),
        onEstablished: () => this.#progress(),
        onRead: () => this.#progress(),
        onAcknowledged: () => this.#progress(),
        onReset: () => {
          this.#wasReset = true;
          this.#progress();
        },
        onGivenUp: () => this.#progress(),
      });
    this.client = end(true);
    this.server = end(false);
  }

  /** Between whom it is; the client is the side that opens it. */
  get ends(): Pick<ConnectionOptions, "client" | "server" | "clientPort" | "serverPort"> {
    return this.#options;
  }

  open(): void {
    this.client.connect();
  }

  /** Begins in its middle. */
  presume(): void {
    this.client.presumeEstablished();
    this.server.presumeEstablished();
  }

  refuse(): void {
    this.server.listen("refuses");
    this.#wasRefused = true;
    this.open();
  }

  /** SYNs that nobody answers. */
  openInVain(): void {
    this.server.listen("ignores");
    this.open();
  }

  reset(by: "client" | "server"): void {
    this.#wasReset = true;
    this[by].reset();
  }

  /** No more will be asked of it: it may be left open. */
  finish(): void {
    this.#isDone = true;
    this.#settle();
  }

  get isOver(): boolean {
    return this.client.isOver || this.server.isOver;
  }

  get isClosed(): boolean {
    return this.client.sender.isFinAcknowledged && this.server.sender.isFinAcknowledged;
  }

  #side(isClient: boolean): CraftedSide {
    const { craft, random, ends, client, server, clientPort, serverPort, isForward = true } = this.#options;
    const goesForward = isClient === isForward;
    const family = client.length === 4 ? 4 : 6;
    const addresses = isClient ? { source: client, destination: server } : { source: server, destination: client };
    const ports = isClient
      ? { sourcePort: clientPort, destinationPort: serverPort }
      : { sourcePort: serverPort, destinationPort: clientPort };
    return {
      goesForward,
      header: linkHeader(craft.macs, goesForward, family, ends.vlan),
      source: Uint8Array.from(addresses.source),
      destination: Uint8Array.from(addresses.destination),
      ...ports,
      flow: craft.account.flow({ direction: isClient ? "fwd" : "rev", protocol: TCP, ...addresses, ...ports }),
      initial: random.u32(),
      identification: random.below(65_536),
    };
  }

  #send(isClient: boolean, segment: TcpSegment, trouble: Trouble | null): void {
    const { craft, lane, manners } = this.#options;
    const side = this.#sides[isClient ? 0 : 1];
    const packet = this.#packetOf(isClient, segment);
    const { clientDelayNs, serverDelayNs } = manners;
    const [sendDelayNs, receiveDelayNs] = side.goesForward
      ? [clientDelayNs, serverDelayNs]
      : [serverDelayNs, clientDelayNs];
    const seenBy = new Uint8Array(this.#taps.length + 1);
    this.#underway++;
    craft.path.send(
      {
        frame: framed(side.header, packet),
        linkHeaderBytes: side.header.length,
        isForward: side.goesForward,
        lane,
        flow: side.flow,
        number: lane.nextNumber(),
        ipBytes: packet.length,
        payloadBytes: segment.payload.length,
        kind: segment.kind,
        sendDelayNs,
        receiveDelayNs,
        trouble,
        onSeen: (hop, atNs) => {
          const isDuplicate = seenBy[hop] === 1;
          seenBy[hop] = 1;
          this.#taps[hop - 1]!.see(segment, isClient, atNs, packet.length, isDuplicate);
          if (hop === 1) this.#noteSeen(segment, isClient, atNs);
        },
        onArrival: () => (isClient ? this.server : this.client).take(segment),
        onSettled: () => {
          this.#underway--;
          this.#settle();
        },
      },
      craft.timeline.nowNs,
    );
  }

  #noteSeen({ kind, from, payload }: TcpSegment, isClient: boolean, atNs: number): void {
    this.firstSeenNs ??= atNs;
    if (kind !== KIND.KEEP_ALIVE && kind !== KIND.WINDOW_PROBE)
      this.seen[isClient ? "client" : "server"].add(from, from + payload.length, atNs);
  }

  #packetOf(isClient: boolean, segment: TcpSegment): Uint8Array {
    const { manners, ends } = this.#options;
    const side = this.#sides[isClient ? 0 : 1];
    const other = this.#sides[isClient ? 1 : 0];
    const place = (offset: number) => placeOf(other.initial, offset);
    const { flags, from, payload, acknowledged, window } = segment;
    // A RST that answers a SYN has sequence number 0 (RFC 9293 section 3.10.7.1).
    const answersSyn = this.#wasRefused && !isClient;
    const transport = tcp({
      sourcePort: side.sourcePort,
      destinationPort: side.destinationPort,
      sequence: answersSyn ? 0 : placeOf(side.initial, from),
      acknowledgement: acknowledged === null ? 0 : place(acknowledged),
      flags,
      window,
      options: answersSyn
        ? new Uint8Array(0)
        : (flags & SYN) !== 0
          ? synOptions(manners, segment.tsValue, segment.tsEcho)
          : segmentOptions(manners, segment, place),
      payload,
    });
    const { tos, ttl } = ends;
    if (side.source.length === 16)
      return ipv6(side.source, side.destination, transport, { trafficClass: tos, hopLimit: ttl });
    side.identification = (side.identification + 1) & 0xffff;
    const { identification } = side;
    return ipv4(side.source, side.destination, transport, { tos, ttl, identification, dontFragment: true });
  }

  #progress(): void {
    this.onProgress?.();
    this.#settle();
  }

  /** Writes the connection down once nothing of it is on its way or to be sent. */
  #settle(): void {
    if (this.#isWritten || this.#underway > 0 || !this.#isQuiet()) return;
    this.#isWritten = true;
    this.client.stop();
    this.server.stop();
    this.#taps.forEach((tap, i) => {
      if (!tap.isEmpty) this.#options.craft.account.connection(this.#row(tap, i + 1));
    });
    this.onOver?.();
  }

  #isQuiet(): boolean {
    if (this.isOver || this.isClosed) return true;
    if (!this.#isDone) return false;
    return [this.client, this.server].every(({ sender, receiver }) => sender.isIdle && !receiver.isAckDelayed);
  }

  #row(tap: TapAccount, hop: number): ConnectionRow {
    const { craft, client, server, clientPort, serverPort } = this.#options;
    const { synNs, synAckNs, handshakeNs } = tap;
    return {
      hop: craft.path.hasHops ? hop : 0,
      client: addressText(client),
      clientPort,
      server: addressText(server),
      serverPort,
      startNs: tap.firstNs,
      endNs: tap.lastNs,
      ending: this.#ending(),
      serverHandshakeNs: synNs === null || synAckNs === null ? null : synAckNs - synNs,
      clientHandshakeNs: synAckNs === null || handshakeNs === null ? null : handshakeNs - synAckNs,
      fwd: tap.fwd.counts,
      rev: tap.rev.counts,
    };
  }

  #ending(): ConnectionRow["ending"] {
    if (this.#wasRefused) return "refused";
    if (this.client.state === "given up" && this.server.state === "closed") return "unanswered";
    if (this.#wasReset) return "reset";
    if (this.isClosed) return "closed";
    const fins = [this.client, this.server].filter(({ sender }) => sender.isFinAcknowledged).length;
    return fins === 1 ? "half closed" : "open";
  }
}

/** One side of a connection as its packets show it. */
interface CraftedSide {
  readonly goesForward: boolean;
  readonly header: Uint8Array;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flow: number;
  /** Sequence number of the SYN. */
  readonly initial: number;
  identification: number;
}

/** Sequence number of a place: modulo 2^32, which doubles hold exactly up to 2^53. */
function placeOf(initial: number, offset: number): number {
  return ((initial + 1 + offset) % 4294967296) >>> 0;
}
