import { readFileSync } from "node:fs";
import { badOption, defineProgram, Option, readCommandLine, wholeNumber } from "@trafmon/runtime";
import { size } from "@trafmon/settings/schema";
import { readAs } from "./option-kind.ts";
import { playError } from "./play/play-errors.ts";
import type { AddressFamily } from "./send/socket-options.ts";

export interface FtpgenOptions {
  readonly host: string;
  readonly user: string;
  readonly password: string;
  readonly connections: number;
  /** The local file for put, the server's for get. */
  readonly file: string;
  readonly direction: "get" | "put";
  readonly mode: "passive" | "active" | "epsv" | "eprt";
  readonly family: AddressFamily | undefined;
  readonly port: number;
  readonly repeat: number;
  /** Name on the server, `%n` for the connection's number. */
  readonly remote: string;
  readonly makeFileBytes: number | null;
  readonly ledger: string | null;
  readonly source: string | undefined;
  readonly tos: number;
  readonly timeoutMs: number;
  readonly json: boolean;
}

interface Given {
  readonly direction: "get" | "put";
  readonly mode: FtpgenOptions["mode"];
  readonly ipv4?: boolean;
  readonly ipv6?: boolean;
  readonly port: number;
  readonly repeat: number;
  readonly remote?: string;
  readonly makeFile?: number;
  readonly passwordFile?: string;
  readonly ledger?: string;
  readonly source?: string;
  readonly tos: number;
  readonly timeout: number;
  readonly json: boolean;
}

/** The name the original gave it. */
const FILE = "totransfer.tar";

/**
 * @param environment where TRAFGEN_FTP_PASSWORD is looked for
 * @throws {CodedError} BAD_OPTION, TRAFGEN_PASSWORD_MISSING, and ends the program after --help or --version
 */
export function readFtpgenOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): FtpgenOptions {
  const program = defineProgram({
    name: "ftpgen",
    summary: "Transfers a file with an FTP server, over several connections at the same time.",
    examples: [
      { command: "ftpgen ftp.example.net alice wonderland 5", meaning: `Upload ${FILE} five times at once:` },
      {
        command:
          "TRAFGEN_FTP_PASSWORD=wonderland ftpgen -6 --direction get --repeat 10 ftp.example.net alice - 2 film.bin",
        meaning: "Download over IPv6, ten times each, with a password that no process list shows:",
      },
      {
        command: "ftpgen --mode active --make-file 100MB --ledger run1 ftp.example.net alice - 1",
        meaning: "Upload 100 MB that the server fetches from us, and write down what happened:",
      },
    ],
    notes:
      "The password - is TRAFGEN_FTP_PASSWORD of the environment, or the first line of --password-file.\n" +
      "What is downloaded is counted and thrown away. passive is PASV over IPv4 and EPSV over IPv6, active PORT and EPRT.\n" +
      "Exit codes: 0 all transfers complete; 69 some failed; 74 no local file; 75 stopped before the end.",
  })
    .argument("<host>", "name or address of the FTP server")
    .argument("<user>", "who to log in as")
    .argument("<password>", "password, or - for one that is not on the command line")
    .argument("<connections>", "connections at the same time, 1 to 1000", wholeNumber(1, 1000))
    .argument("[file]", "file to transfer", FILE)
    .addOption(new Option("--direction <WAY>", "put uploads, get downloads").choices(["put", "get"]).default("put"))
    .addOption(
      new Option("--mode <MODE>", "how the data connection is made")
        .choices(["passive", "active", "epsv", "eprt"])
        .default("passive"),
    )
    .option("-4, --ipv4", "IPv4 only")
    .option("-6, --ipv6", "IPv6 only")
    .option("--port <PORT>", "port of the server", wholeNumber(1, 65535), 21)
    .option("--repeat <N>", "transfers of each connection, one after the other", wholeNumber(1, 1_000_000), 1)
    .option(
      "--remote <NAME>",
      "file on the server; %n is the number of the connection (default: the file's name, for put with .%n where there are several connections)",
    )
    .option(
      "--make-file <SIZE>",
      "for put: make the local file with so many bytes if there is none, e.g. 10MB",
      readAs(size("0", "1TB")),
    )
    .option("--password-file <FILE>", "file with the password in its first line")
    .option("--ledger <DIR>", "folder to write a ledger into: every transfer with its instants, bytes and outcome")
    .option("--source <ADDRESS>", "local address to connect from")
    .option("--tos <BYTE>", "ToS byte or IPv6 traffic class of all packets, 0 to 255", wholeNumber(0, 255), 0)
    .option("--timeout <SECONDS>", "how long a reply, or the next byte, is waited for", wholeNumber(1, 3600), 30);
  const { options, operands } = readCommandLine<Given>(program, args);
  const [host, user, password, connections, file = FILE] = program.processedArgs as [
    string,
    string,
    string,
    number,
    string,
  ];
  if (operands.length < 4) throw badOption("host, user, password and the number of connections are needed");
  if (options.ipv4 && options.ipv6) throw badOption("-4 and -6 exclude each other");
  if (options.makeFile !== undefined && options.direction === "get") throw badOption("--make-file is for uploads");
  const family = options.ipv6 ? 6 : options.ipv4 ? 4 : undefined;
  return {
    ...options,
    host,
    user: lineOf(user, "the user"),
    password: lineOf(readPassword(password, options.passwordFile, environment), "the password"),
    connections,
    file,
    family,
    remote: lineOf(options.remote ?? remoteName(file, options.direction, connections), "--remote"),
    makeFileBytes: options.makeFile ?? null,
    ledger: options.ledger ?? null,
    source: options.source,
    timeoutMs: options.timeout * 1000,
  };
}

/** Uploads at the same time need files of their own. */
function remoteName(file: string, direction: "get" | "put", connections: number): string {
  if (direction === "get") return file;
  const name = file.split("/").at(-1) ?? file;
  return connections === 1 ? name : `${name}.%n`;
}

function readPassword(
  given: string,
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  if (given !== "-") return given;
  if (file === undefined) {
    const password = environment.TRAFGEN_FTP_PASSWORD;
    if (password !== undefined) return password;
    throw playError("TRAFGEN_PASSWORD_MISSING", "cannot log in: the password is - and TRAFGEN_FTP_PASSWORD is not set");
  }
  try {
    return readFileSync(file, "utf8").split(/\r?\n/)[0]!;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw playError("TRAFGEN_PASSWORD_MISSING", `cannot read the password from ${file}: ${code ?? message}`, error);
  }
}

/** A line end would be a command of its own. */
function lineOf(text: string, what: string): string {
  if (/[\r\n\0]/.test(text)) throw badOption(`${what} cannot have line ends in it`);
  return text;
}
