import { addressText } from "@trafmon/observation";
import type { TransferRow } from "../../ledger/ledger-row.ts";
import type { FtpTraffic } from "../../scenario/scenario.ts";
import type { Wait } from "../script.ts";
import { type ConnectionStarter, TcpConnection } from "../tcp/tcp-connection.ts";
import type { FtpDialogue } from "./ftp-dialogue.ts";

/** The server's side of active data connections (RFC 959 section 5.2). */
const FTP_DATA_PORT = 20;

/** First port that clients take for data connections. */
const FIRST_CLIENT_PORT = 20_000;

const UPLOADS: readonly string[] = ["STOR", "APPE", "STOU"];
const LISTINGS: readonly string[] = ["LIST", "NLST", "MLSD"];

/** One transfer: what is said of it on the control connection, its data connection, and what the first tap saw. */
export class FtpTransfer {
  readonly #starter: ConnectionStarter;
  readonly #traffic: FtpTraffic;
  readonly #control: TcpConnection;
  readonly #port: number;
  readonly #poke: () => void;
  readonly #fileBytes: number;
  #data: TcpConnection | null = null;
  #isDataOver = false;
  #commandNs: number | null = null;
  #replyNs: number | null = null;
  #replyCode: number | null = null;

  /**
   * @param port where the data connection is listened for
   * @param poke to be called when something may have changed for the session
   */
  constructor(starter: ConnectionStarter, traffic: FtpTraffic, control: TcpConnection, port: number, poke: () => void) {
    this.#starter = starter;
    this.#traffic = traffic;
    this.#control = control;
    this.#port = port;
    this.#poke = poke;
    const { from, to } = traffic.fileBytes;
    this.#fileBytes = from + starter.random.below(to - from + 1);
  }

  *happen(dialogue: FtpDialogue): Generator<Wait, void> {
    const { command, outcome } = this.#traffic;
    yield* this.#agree(dialogue);
    const data = this.#makeConnection();
    // A passive client connects at once, so that the server has somebody when the command comes.
    if (!this.#isActive) {
      data.open();
      yield { until: () => data.client.state === "established" || data.isOver };
    }
    yield* dialogue.command(this.#commandText, (atNs) => {
      this.#commandNs = atNs;
    });
    if (outcome === "failed") {
      if (!this.#isActive) data.client.close();
      yield* this.#finalReply(dialogue, 550, command === "RETR" ? "Failed to open file." : "Permission denied.");
      if (!this.#isActive) {
        yield { until: () => data.server.receiver.isFinReceived || data.isOver };
        data.server.close();
      }
      return;
    }
    if (this.#isActive) data.open();
    yield { until: () => this.#sender.state === "established" || data.isOver };
    yield* dialogue.reply(this.#preliminaryReply);
    yield* outcome === "aborted" ? this.#abort(dialogue) : this.#complete(dialogue);
  }

  /** Writes it down, once the session is over; not if the first tap never saw its command. */
  writeDown(): void {
    if (this.#commandNs === null) return;
    const { client, server, clientPort, serverPort } = this.#control.ends;
    const { user, command, mode, file } = this.#traffic;
    const seen = this.#data?.seen[this.#sendingSide];
    const row: TransferRow = {
      client: addressText(client),
      clientPort,
      server: addressText(server),
      serverPort,
      user,
      command,
      path: LISTINGS.includes(command) ? null : command === "STOU" ? this.#uniqueName : file,
      restartOffset: 0,
      mode,
      dataAddress: addressText(this.#isActive ? client : server),
      dataPort: this.#port,
      bytes: seen?.bytes ?? 0,
      outcome: this.#outcome,
      replyCode: this.#replyCode,
      commandNs: this.#commandNs,
      dataConnectionNs: this.#data?.firstSeenNs ?? null,
      firstByteNs: seen?.firstNs ?? null,
      lastByteNs: seen?.lastNs ?? null,
      replyNs: this.#replyNs,
    };
    this.#starter.craft.account.transfer(row);
  }

  get #isActive(): boolean {
    return this.#traffic.mode === "PORT" || this.#traffic.mode === "EPRT";
  }

  get #isUpload(): boolean {
    return UPLOADS.includes(this.#traffic.command);
  }

  get #outcome(): TransferRow["outcome"] {
    // A session that broke off before the reply is an end like ABOR's.
    return this.#replyCode === null ? "aborted" : this.#traffic.outcome;
  }

  get #uniqueName(): string {
    return `${this.#traffic.file}.${this.#port}`;
  }

  /** Which end of the data connection sends. Its client is the FTP server where the mode is active. */
  get #sendingSide(): "client" | "server" {
    return this.#isUpload === this.#isActive ? "server" : "client";
  }

  get #sender() {
    return this.#data![this.#sendingSide];
  }

  get #receiver() {
    return this.#data![this.#sendingSide === "client" ? "server" : "client"];
  }

  get #commandText(): string {
    const { command, file } = this.#traffic;
    return LISTINGS.includes(command) || command === "STOU" ? command : `${command} ${file}`;
  }

  get #preliminaryReply(): string {
    const { command, file } = this.#traffic;
    // RFC 1123 section 4.1.2.9.
    if (command === "STOU") return `150 FILE: ${this.#uniqueName}`;
    if (LISTINGS.includes(command)) return "150 Here comes the directory listing.";
    if (this.#isUpload) return "150 Ok to send data.";
    return `150 Opening BINARY mode data connection for ${file} (${this.#fileBytes} bytes).`;
  }

  /** PORT, EPRT, PASV or EPSV (RFC 959 section 4.1.2, RFC 2428). */
  *#agree(dialogue: FtpDialogue): Generator<Wait, void> {
    const { client, server } = this.#control.ends;
    const commas = (address: Uint8Array) => [...address, this.#port >> 8, this.#port & 0xff].join(",");
    switch (this.#traffic.mode) {
      case "PORT":
        return yield* dialogue.ask(`PORT ${commas(client)}`, "200 PORT command successful. Consider using PASV.");
      case "EPRT": {
        const family = client.length === 4 ? 1 : 2;
        const text = `EPRT |${family}|${addressText(client)}|${this.#port}|`;
        return yield* dialogue.ask(text, "200 EPRT command successful. Consider using EPSV.");
      }
      case "PASV":
        return yield* dialogue.ask("PASV", `227 Entering Passive Mode (${commas(server)}).`);
      case "EPSV":
        return yield* dialogue.ask("EPSV", `229 Entering Extended Passive Mode (|||${this.#port}|)`);
    }
  }

  #makeConnection(): TcpConnection {
    const { craft, lane, random } = this.#starter;
    const { client, server } = this.#control.ends;
    const ends = this.#isActive
      ? { client: server, clientPort: FTP_DATA_PORT, server: client, serverPort: this.#port, isForward: false }
      : { client, clientPort: FIRST_CLIENT_PORT + (this.#port % 10_000), server, serverPort: this.#port };
    const data = new TcpConnection({ craft, lane, random, manners: this.#traffic, ends: this.#traffic, ...ends });
    data.onProgress = this.#poke;
    data.onOver = () => {
      this.#isDataOver = true;
      this.#poke();
    };
    this.#data = data;
    return data;
  }

  *#complete(dialogue: FtpDialogue): Generator<Wait, void> {
    if (this.#fileBytes > 0) this.#sender.write(this.#fileBytes);
    this.#sender.close();
    yield { until: () => this.#receiver.receiver.isFinReceived || this.#isDataOver };
    this.#receiver.close();
    yield { until: () => this.#isDataOver };
    const done = LISTINGS.includes(this.#traffic.command) ? "Directory send OK." : "Transfer complete.";
    yield* this.#finalReply(dialogue, 226, done);
  }

  /** The client asks to stop at half time (RFC 959 section 4.1.3, ABOR). */
  *#abort(dialogue: FtpDialogue): Generator<Wait, void> {
    const half = Math.floor(this.#fileBytes / 2);
    if (half > 0) this.#sender.write(half);
    yield { until: () => this.#receiver.receiver.read >= half || this.#isDataOver };
    yield* dialogue.command("ABOR");
    const server = this.#isActive ? this.#data!.client : this.#data!.server;
    const client = this.#isActive ? this.#data!.server : this.#data!.client;
    server.close();
    yield* this.#finalReply(dialogue, 426, "Failure writing network stream.");
    yield { until: () => client.receiver.isFinReceived || this.#isDataOver };
    client.close();
    yield { until: () => this.#isDataOver };
    yield* dialogue.reply("226 ABOR successful.");
  }

  *#finalReply(dialogue: FtpDialogue, code: number, text: string): Generator<Wait, void> {
    yield* dialogue.reply(`${code} ${text}`, (atNs) => {
      this.#replyNs = atNs;
      this.#replyCode = code;
    });
  }
}
