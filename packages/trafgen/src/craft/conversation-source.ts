import type { ConversationTraffic, Side, Step } from "../scenario/scenario.ts";
import { gapNs } from "./arrival-clock.ts";
import type { Craft } from "./craft.ts";
import { EndPicker } from "./end-picker.ts";
import type { Lane } from "./lane.ts";
import { Random, seedOf } from "./random.ts";
import { TcpConnection } from "./tcp/tcp-connection.ts";
import type { TrafficSource } from "./traffic-source.ts";

/** Lets scripted conversations happen. */
export class ConversationSource implements TrafficSource {
  readonly #traffic: ConversationTraffic;
  readonly #craft: Craft;
  readonly #picker: EndPicker;
  readonly #lane: Lane;
  #random: Random;

  constructor(traffic: ConversationTraffic, craft: Craft) {
    this.#traffic = traffic;
    this.#craft = craft;
    this.#picker = new EndPicker(traffic);
    this.#lane = craft.lane(traffic.number);
    this.#random = new Random(seedOf(craft.seed, traffic.number));
  }

  begin(atNs: number, cycle: number): void {
    const { number, count, startNs } = this.#traffic;
    this.#random = new Random(seedOf(this.#craft.seed, number, cycle));
    this.#schedule(atNs + startNs, count);
  }

  #schedule(atNs: number, left: number): void {
    const { arrivals, everyNs } = this.#traffic;
    this.#craft.timeline.call(atNs, () => {
      this.#converse();
      if (left > 1) this.#schedule(atNs + gapNs(arrivals, everyNs, this.#random), left - 1);
    });
  }

  #converse(): void {
    const traffic = this.#traffic;
    const picker = this.#picker;
    picker.next(this.#random);
    const connection = new TcpConnection({
      craft: this.#craft,
      lane: this.#lane,
      random: this.#random,
      manners: traffic,
      ends: traffic,
      client: Uint8Array.from(picker.from),
      server: Uint8Array.from(picker.to),
      clientPort: picker.fromPort,
      serverPort: picker.toPort,
    });
    new Script(connection, traffic, this.#craft).begin();
  }
}

/** Takes a connection through its steps. */
class Script {
  readonly #connection: TcpConnection;
  readonly #traffic: ConversationTraffic;
  readonly #craft: Craft;
  #step = -1;
  /** What the next step waits for; null: nothing but its time. */
  #isReady: (() => boolean) | null;

  constructor(connection: TcpConnection, traffic: ConversationTraffic, craft: Craft) {
    this.#connection = connection;
    this.#traffic = traffic;
    this.#craft = craft;
    this.#isReady = () => this.#isOpen();
  }

  begin(): void {
    const connection = this.#connection;
    connection.onProgress = () => this.#goOn();
    switch (this.#traffic.begin) {
      case "handshake":
        return connection.open();
      case "middle":
        connection.presume();
        return this.#goOn();
      case "refused":
        return connection.refuse();
      case "unanswered":
        return connection.openInVain();
    }
  }

  /** Goes to the next step when the present one has come to its end. */
  #goOn(): void {
    const connection = this.#connection;
    while (this.#isReady?.() === true && !connection.isOver) {
      this.#isReady = null;
      this.#step++;
      const step = this.#traffic.steps[this.#step];
      if (step === undefined) return this.#end();
      this.#isReady = this.#do(step);
    }
  }

  /** Whether the side that does the first step may. */
  #isOpen(): boolean {
    const { client, server } = this.#connection;
    const first = this.#traffic.steps.find((step) => "by" in step);
    const by = first !== undefined && "by" in first ? first.by : "client";
    return (by === "client" ? client : server).state === "established";
  }

  #do(step: Step): (() => boolean) | null {
    const connection = this.#connection;
    switch (step.kind) {
      case "send":
        return this.#send(step);
      case "pause":
        this.#later(step.forNs);
        return null;
      case "keepAlive":
        this.#keepAlive(step.by, step.count, step.everyNs);
        return null;
      case "setWindow":
        connection[step.by].setWindow(step.bytes);
        return () => true;
      case "halfClose": {
        const end = connection[step.by];
        end.close();
        return () => end.sender.isFinAcknowledged;
      }
      case "reset":
        connection.reset(step.by);
        return null;
    }
  }

  #send(step: Extract<Step, { kind: "send" }>): () => boolean {
    const connection = this.#connection;
    const { by, bytes, segmentBytes, troubles, stalls } = step;
    const end = connection[by];
    const other = connection[otherOf(by)];
    const base = end.sender.end;
    other.ackTroubles = troubles.filter(({ kind }) => kind === "loseAck");
    if (stalls.length > 0) other.stall(base, stalls);
    end.write(bytes, { segmentBytes, troubles });
    const until = base + bytes;
    const next = this.#traffic.steps[this.#step + 1];
    const isSameSide = next !== undefined && "by" in next && next.by === by;
    return isSameSide ? () => end.sender.acknowledged >= until : () => other.receiver.read >= until;
  }

  #keepAlive(by: Side, left: number, everyNs: number): void {
    const { timeline } = this.#craft;
    timeline.call(timeline.nowNs + everyNs, () => {
      if (this.#connection.isOver) return;
      this.#connection[by].keepAlive();
      if (left > 1) this.#keepAlive(by, left - 1, everyNs);
      // Its answer should not fall into the next step.
      else this.#later(2 * (this.#traffic.clientDelayNs + this.#traffic.serverDelayNs) + everyNs);
    });
  }

  #later(delayNs: number): void {
    const { timeline } = this.#craft;
    timeline.call(timeline.nowNs + delayNs, () => {
      this.#isReady = () => true;
      this.#goOn();
    });
  }

  #end(): void {
    const connection = this.#connection;
    const { client, server } = connection;
    switch (this.#traffic.ending) {
      case "reset":
        connection.reset("client");
        break;
      case "open":
        connection.finish();
        break;
      case "fin":
        client.close();
        connection.onProgress = () => {
          if (client.receiver.isFinReceived || server.receiver.isFinReceived) {
            client.close();
            server.close();
          }
        };
        connection.onProgress();
        break;
    }
  }
}

function otherOf(side: Side): Side {
  return side === "client" ? "server" : "client";
}
