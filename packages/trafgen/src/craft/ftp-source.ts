import type { FtpTraffic } from "../scenario/scenario.ts";
import type { Craft } from "./craft.ts";
import { FtpDialogue } from "./exchange/ftp-dialogue.ts";
import { FtpTransfer } from "./exchange/ftp-transfer.ts";
import { RepeatedStarts } from "./repeated-starts.ts";
import { ScriptRunner, type Wait } from "./script.ts";
import { TcpConnection } from "./tcp/tcp-connection.ts";

/** Where data connections are listened for: one port after the other, so that no two transfers share one. */
const FIRST_DATA_PORT = 30_000;
const DATA_PORTS = 10_000;

/** FTP sessions, with a data connection for each transfer. */
export class FtpSource extends RepeatedStarts {
  readonly #traffic: FtpTraffic;
  #transfers = 0;

  constructor(traffic: FtpTraffic, craft: Craft) {
    super(traffic, craft);
    this.#traffic = traffic;
  }

  override start(): void {
    const control = TcpConnection.between(this, this.#traffic);
    const transfers: FtpTransfer[] = [];
    const dialogue = new FtpDialogue(control, this.#traffic);
    const script = new ScriptRunner(
      this.craft.timeline,
      this.#session(control, dialogue, transfers, () => script.poke()),
      () => control.isOver,
    );
    control.onProgress = script.poke;
    control.onOver = () => {
      for (const transfer of transfers) transfer.writeDown();
    };
    control.open();
  }

  *#session(
    control: TcpConnection,
    dialogue: FtpDialogue,
    transfers: FtpTransfer[],
    poke: () => void,
  ): Generator<Wait, void> {
    const { user, login, transfers: wanted } = this.#traffic;
    const { client, server } = control;
    yield { until: () => server.state === "established" };
    yield* dialogue.greet("220 trafgen FTP server ready.");
    yield* dialogue.ask(`USER ${user}`, "331 Please specify the password.");
    const isLoggedIn = login === "accepted";
    yield* dialogue.ask("PASS secret", isLoggedIn ? "230 Login successful." : "530 Login incorrect.");
    if (isLoggedIn && wanted > 0) yield* dialogue.ask("TYPE I", "200 Switching to Binary mode.");
    for (let i = 0; isLoggedIn && i < wanted; i++) {
      const port = FIRST_DATA_PORT + (this.#transfers++ % DATA_PORTS);
      const transfer = new FtpTransfer(this, this.#traffic, control, port, poke);
      transfers.push(transfer);
      yield* transfer.happen(dialogue);
    }
    yield* dialogue.ask("QUIT", "221 Goodbye.");
    server.close();
    yield { until: () => client.receiver.isFinReceived };
    client.close();
  }
}
