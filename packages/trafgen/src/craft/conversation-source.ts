import type { ConversationTraffic, Side, Step } from "../scenario/scenario.ts";
import type { Craft } from "./craft.ts";
import { RepeatedStarts } from "./repeated-starts.ts";
import { ScriptRunner, type Wait } from "./script.ts";
import { TcpConnection } from "./tcp/tcp-connection.ts";

/** Lets scripted conversations happen. */
export class ConversationSource extends RepeatedStarts {
  readonly #traffic: ConversationTraffic;

  constructor(traffic: ConversationTraffic, craft: Craft) {
    super(traffic, craft);
    this.#traffic = traffic;
  }

  override start(): void {
    const traffic = this.#traffic;
    const connection = TcpConnection.between(this, traffic);
    const script = new ScriptRunner(this.craft.timeline, converse(connection, traffic), () => connection.isOver);
    connection.onProgress = script.poke;
    switch (traffic.begin) {
      case "handshake":
        return connection.open();
      case "middle":
        connection.presume();
        return script.poke();
      case "refused":
        return connection.refuse();
      case "unanswered":
        return connection.openInVain();
    }
  }
}

function* converse(connection: TcpConnection, traffic: ConversationTraffic): Generator<Wait, void> {
  const { steps, ending } = traffic;
  const first = steps.find((step) => "by" in step);
  const opening = connection[first !== undefined && "by" in first ? first.by : "client"];
  yield { until: () => opening.state === "established" };
  for (const [i, step] of steps.entries()) yield* take(step, steps[i + 1], connection, traffic);
  const { client, server } = connection;
  if (ending === "reset") connection.reset("client");
  else if (ending === "open") connection.finish();
  else {
    client.close();
    yield { until: () => server.receiver.isFinReceived || client.receiver.isFinReceived };
    server.close();
  }
}

function* take(
  step: Step,
  next: Step | undefined,
  connection: TcpConnection,
  traffic: ConversationTraffic,
): Generator<Wait, void> {
  switch (step.kind) {
    case "send":
      return yield* send(step, next, connection);
    case "pause":
      yield { delayNs: step.forNs };
      return;
    case "keepAlive":
      for (let i = 0; i < step.count; i++) {
        yield { delayNs: step.everyNs };
        connection[step.by].keepAlive();
      }
      // Its answer should not fall into the next step.
      yield { delayNs: 2 * (traffic.clientDelayNs + traffic.serverDelayNs) + step.everyNs };
      return;
    case "setWindow":
      connection[step.by].setWindow(step.bytes);
      return;
    case "halfClose": {
      const end = connection[step.by];
      end.close();
      yield { until: () => end.sender.isFinAcknowledged };
      return;
    }
    case "reset":
      connection.reset(step.by);
      return;
  }
}

function* send(
  step: Extract<Step, { kind: "send" }>,
  next: Step | undefined,
  connection: TcpConnection,
): Generator<Wait, void> {
  const { by, bytes, segmentBytes, troubles, stalls } = step;
  const end = connection[by];
  const other = connection[otherOf(by)];
  const base = end.sender.end;
  other.ackTroubles = troubles.filter(({ kind }) => kind === "loseAck");
  if (stalls.length > 0) other.stall(base, stalls);
  end.write(bytes, { segmentBytes, troubles });
  const isSameSide = next !== undefined && "by" in next && next.by === by;
  yield {
    until: () => (isSameSide ? end.sender.acknowledged >= base + bytes : other.receiver.read >= base + bytes),
  };
}

function otherOf(side: Side): Side {
  return side === "client" ? "server" : "client";
}
