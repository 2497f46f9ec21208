import { addressBytes, FLAG_IPV6, FLAG_PORTS, FLAG_TRANSPORT } from "@trafmon/packet";
import type { FlowClassSettings } from "@trafmon/settings";
import { Analysis, type AnalysisSettings } from "../analysis/analysis.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "./analysis-settings.ts";
import { KeptObservations } from "./kept-observations.ts";
import { type PacketFields, packetRecord } from "./packet-record-builder.ts";

const [FIN, SYN, RST, ACK] = [1, 2, 4, 16];
export const FTP_START_S = 1_700_000_000;

export interface Host {
  readonly address: string;
  readonly port: number;
}

/** A TCP connection whose segments follow each other as they should, unless a test leaves some out. */
export class CraftedConnection {
  readonly #give: (fields: PacketFields) => void;
  readonly #opener: Host;
  readonly #listener: Host;
  readonly #next = { opener: 1000, listener: 5000 };

  constructor(give: (fields: PacketFields) => void, opener: Host, listener: Host) {
    this.#give = give;
    this.#opener = opener;
    this.#listener = listener;
  }

  open(): this {
    this.send("opener", "", SYN);
    this.send("listener", "", SYN | ACK);
    return this.send("opener", "", ACK);
  }

  /** `isSeen`: the tap sees it. */
  send(from: "opener" | "listener", payload: string | Uint8Array, tcpFlags = ACK, isSeen = true): this {
    const to = from === "opener" ? "listener" : "opener";
    const [near, far] = from === "opener" ? [this.#opener, this.#listener] : [this.#listener, this.#opener];
    const bytes = typeof payload === "string" ? Buffer.from(payload, "latin1") : payload;
    const source = addressBytes(near.address);
    if (isSeen) {
      this.#give({
        source,
        destination: addressBytes(far.address),
        sourcePort: near.port,
        destinationPort: far.port,
        sequence: this.#next[from] | 0,
        acknowledgement: this.#next[to] | 0,
        tcpFlags,
        flags: FLAG_TRANSPORT | FLAG_PORTS | (source.length === 16 ? FLAG_IPV6 : 0),
        payload: bytes,
        payloadBytes: bytes.length,
        ipBytes: 40 + bytes.length,
      });
    }
    this.#next[from] += bytes.length + (tcpFlags & (SYN | FIN) ? 1 : 0);
    return this;
  }

  /**
   * Sends pieces of one side with faults: `fault` says for each 0 or 1 to send it once, 2 to send it twice, 3 to send it
   * behind the next one.
   */
  sendFaulty(from: "opener" | "listener", pieces: readonly string[], fault: () => number): this {
    const start = this.#next[from];
    const at = pieces.map((_, index) => start + pieces.slice(0, index).join("").length);
    const order: number[] = [];
    for (let index = 0; index < pieces.length; index++) {
      const kind = fault();
      if (kind === 3 && index + 1 < pieces.length) {
        order.push(index + 1, index);
        index++;
      } else order.push(...(kind === 2 ? [index, index] : [index]));
    }
    for (const index of order) {
      this.#next[from] = at[index]!;
      this.send(from, pieces[index]!);
    }
    this.#next[from] = start + pieces.join("").length;
    return this;
  }

  /** Both sides close. */
  close(first: "opener" | "listener" = "listener"): this {
    const second = first === "opener" ? "listener" : "opener";
    return this.send(first, "", FIN | ACK)
      .send(second, "", FIN | ACK)
      .send(first, "");
  }

  reset(from: "opener" | "listener" = "opener"): this {
    return this.send(from, "", RST | ACK);
  }
}

export interface FtpSides {
  readonly client: Host;
  readonly server: Host;
}

export const V4_SIDES: FtpSides = {
  client: { address: "10.0.0.9", port: 40_000 },
  server: { address: "192.0.2.1", port: 21 },
};

/** Feeds FTP sessions to an analysis, a packet each millisecond, and keeps what it says. */
export class FtpConversation {
  kept = new KeptObservations();
  readonly settings: AnalysisSettings;
  readonly analysis: Analysis;
  readonly control: CraftedConnection;
  readonly #sides: FtpSides;
  #nowMs = 0;

  constructor(
    sides: FtpSides = V4_SIDES,
    classes: readonly FlowClassSettings[] = [flowClass({ measure: ALL_MEASUREMENTS })],
    limits: Parameters<typeof analysisSettings>[1] = {},
  ) {
    this.#sides = sides;
    this.settings = analysisSettings(classes, limits);
    this.analysis = new Analysis(this.settings, { sink: this.kept, serviceOf: () => null });
    this.control = this.connection(sides.client, sides.server);
  }

  /** Instant of the next packet, milliseconds from the start. */
  get nowMs(): number {
    return this.#nowMs;
  }

  connection(opener: Host, listener: Host): CraftedConnection {
    return new CraftedConnection((fields) => this.#give(fields), opener, listener);
  }

  /** Opens the session and logs alice in. */
  login(): this {
    this.control.open();
    return this.say("< 220 hello", "> USER alice", "< 331 who", "> PASS wonderland", "< 230 in");
  }

  /** Lines of the client (`> `) and the server (`< `), a segment each. */
  say(...lines: readonly string[]): this {
    for (const line of lines) this.control.send(line.startsWith(">") ? "opener" : "listener", `${line.slice(2)}\r\n`);
    return this;
  }

  /** A data connection that the client opens to a port of the server. */
  passive(port: number, address = this.#sides.server.address): CraftedConnection {
    return this.connection({ address: this.#sides.client.address, port: 50_000 + (port % 1000) }, { address, port });
  }

  /** A data connection that the server opens to a port of the client. */
  active(port: number, address = this.#sides.client.address): CraftedConnection {
    return this.connection({ address: this.#sides.server.address, port: 20 }, { address, port });
  }

  wait(ms: number): this {
    this.#nowMs += ms;
    this.analysis.advance(FTP_START_S + Math.floor(this.#nowMs / 1000), (this.#nowMs % 1000) * 1e6);
    return this;
  }

  /** Ends the analysis and gives its transfers, in short. */
  transfers() {
    this.analysis.finish();
    return this.kept.of("ftptf").map((each) => ({
      user: each.user,
      command: each.command,
      path: each.path,
      mode: each.mode,
      code: each.reply_code,
      bytes: each.bytes,
      outcome: each.outcome,
    }));
  }

  /** Sum of a count of all intervals. */
  count(column: Parameters<KeptObservations["sum"]>[1]): number {
    return this.kept.sum("ftpct", column as never);
  }

  #give(fields: PacketFields): void {
    const words = packetRecord({
      ...fields,
      s: FTP_START_S + Math.floor(this.#nowMs / 1000),
      nanos: (this.#nowMs % 1000) * 1e6,
    });
    this.#nowMs++;
    this.analysis.consume(words, 0, words.length);
  }
}
