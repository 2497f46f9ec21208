import type { FtpTraffic } from "../../scenario/scenario.ts";
import type { Wait } from "../script.ts";
import type { TcpConnection } from "../tcp/tcp-connection.ts";

/** Commands and replies on a control connection (RFC 959 section 4), each a line, each answered before the next. */
export class FtpDialogue {
  readonly #control: TcpConnection;
  readonly #traffic: FtpTraffic;

  constructor(control: TcpConnection, traffic: FtpTraffic) {
    this.#control = control;
    this.#traffic = traffic;
  }

  /** A command and its reply. */
  *ask(command: string, reply: string): Generator<Wait, void> {
    yield* this.command(command);
    yield* this.reply(reply);
  }

  /** @param onSeen called when the first tap has seen all of it */
  *command(text: string, onSeen?: (atNs: number) => void): Generator<Wait, void> {
    const { client, server } = this.#control;
    if (this.#traffic.thinkNs > 0) yield { delayNs: this.#traffic.thinkNs };
    this.#say("client", text, onSeen);
    yield { until: () => server.receiver.read >= client.sender.end };
  }

  *reply(text: string, onSeen?: (atNs: number) => void): Generator<Wait, void> {
    if (this.#traffic.serveNs > 0) yield { delayNs: this.#traffic.serveNs };
    yield* this.greet(text, onSeen);
  }

  /** The server speaks first. */
  *greet(text: string, onSeen?: (atNs: number) => void): Generator<Wait, void> {
    const { client, server } = this.#control;
    this.#say("server", text, onSeen);
    yield { until: () => client.receiver.read >= server.sender.end };
  }

  #say(by: "client" | "server", text: string, onSeen: ((atNs: number) => void) | undefined): void {
    const content = Buffer.from(`${text}\r\n`, "latin1");
    const end = this.#control[by];
    if (onSeen !== undefined) this.#control.seen[by].watch(end.sender.end + content.length, onSeen);
    end.write(content.length, { content });
  }
}
