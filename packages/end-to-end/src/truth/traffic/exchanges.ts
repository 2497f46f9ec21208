import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../site/built-programs.ts";
import type { Namespace } from "../network/namespace.ts";

/** What a client asks the servers, in the words of trafgen's play program. */
export type Play = Readonly<Record<string, unknown>>;

export interface ExchangeOptions {
  readonly client: string;
  readonly server: string;
  /** How long a reply is waited for, and how many copies of a request are sent at most. */
  readonly timeoutMs: number;
  readonly tries: number;
}

/** The program that trafgen's own tests play exchanges with: the product's code, asked for in detail. */
const PROGRAM = join(ROOT, "packages/trafgen/dist/testing/play-program.js");
const LIMIT_MS = 240_000;
/** An address of the server's network that nobody has: what is sent there is lost behind the last line. */
const NOBODY = { 4: "10.77.2.99", 6: "fd77:2::99" } as const;
const OIDS = ["1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.6.0"];

/** A bit of everything from one client to one server: names, clock, agent, web, pings, files; some of it in vain. */
export function somePlays({ client, server, timeoutMs, tries }: ExchangeOptions): Play[] {
  const options = { localAddress: client, timeoutMs, tries, lingerMs: 300 };
  const inVain = { ...options, tries: 2, timeoutMs: 300 };
  // Over TCP the kernel repeats what is lost, after a second and more: less than a probe's time-out all the same.
  const patient = { ...options, tries: 1, timeoutMs: 4500 };
  const at = (port: number) => ({ address: server, port });
  const name = (text: string, type: string, more: object = {}): Play => ({
    ...{ kind: "name", question: { name: text, type }, server: at(53), options: { ...options, ...more } },
  });
  const agent = (question: object, credentials: object, asking: object = options): Play => ({
    ...{ kind: "agent", question, agent: { ...at(161), credentials }, options: asking },
  });
  const v2 = { version: "2c", community: "measured" };
  const v3 = {
    ...{ version: "3", user: "measurer" },
    ...{ auth: { protocol: "SHA", password: "authenticated" }, priv: { protocol: "AES", password: "encrypted-too" } },
  };
  const family = server.includes(":") ? 6 : 4;
  const get = (path: string) => ({ method: "GET", path });
  const file = (command: string, path: string | null, mode: string, more: object = {}) => ({
    command,
    path,
    mode,
    ...more,
  });
  const modes = family === 4 ? ["PASV", "PORT", "EPSV", "EPRT"] : ["EPSV", "EPRT", "EPSV", "EPRT"];
  const session = (user: string, password: string, transfers: readonly object[]): Play => ({
    ...{ kind: "ftp", server: at(21), login: { user, password }, options: { localAddress: client }, transfers },
  });
  return [
    name("www.example.test", "A"),
    name("www.example.test", "AAAA"),
    ...Array.from({ length: 10 }, (_, i) => name(`host-${i + 1}.example.test`, "A")),
    name("no-such.example.test", "A"),
    name("www.elsewhere.test", "A"),
    name("large.example.test", "TXT", { ...patient, edns: false }),
    name("ftp.example.test", "A", { ...patient, transport: "tcp" }),
    {
      kind: "name",
      question: { name: "nobody.example.test", type: "A" },
      server: { address: NOBODY[family], port: 53 },
      options: inVain,
    },
    ...Array.from({ length: 4 }, (): Play => ({ kind: "time", server: at(123), options })),
    agent({ operation: "get", oids: OIDS }, v2),
    agent({ operation: "get", oids: OIDS }, { version: "1", community: "measured" }),
    agent({ operation: "getBulk", oids: OIDS, repetitions: 4 }, v2),
    agent({ operation: "walk", oid: "1.3.6.1.2.1.1", repetitions: 6 }, v2),
    agent({ operation: "get", oids: OIDS }, v3),
    agent({ operation: "get", oids: OIDS }, { version: "2c", community: "wrong" }, inVain),
    { kind: "web", questions: [get("/1k.bin"), get("/64k.bin"), get("/absent")], server: at(80), options: patient },
    {
      kind: "web",
      questions: [
        { method: "PUT", path: `/put/${family}`, bodyBytes: 20_000 },
        { method: "HEAD", path: "/1m.bin" },
      ],
      server: at(80),
      options: patient,
    },
    ...Array.from({ length: 10 }, (): Play => ({ kind: "ping", server, options })),
    { kind: "ping", server: NOBODY[family], options: inVain },
    session("alice", "wonderland", [
      file("RETR", "64k.bin", modes[0]!),
      file("STOR", `upload/up-${family}.bin`, modes[1]!, { uploadBytes: 100_000 }),
      file("LIST", null, modes[2]!),
      file("RETR", "absent.bin", modes[0]!),
      file("RETR", "64k.bin", modes[3]!, { restartOffset: 60_000 }),
    ]),
    session("alice", "mistaken", []),
  ];
}

/** Plays them in a namespace, one after the other, with a ledger. */
export async function playExchanges(space: Namespace, ledger: string, plays: readonly Play[]): Promise<void> {
  const [command, ...words] = [...space.within, process.execPath, PROGRAM, JSON.stringify({ ledger, plays })];
  const running = promisify(execFile)(command!, words, { timeout: LIMIT_MS, maxBuffer: 64 << 20 });
  const { stdout } = await running.catch((error: Error & { stderr?: string }) => {
    throw new Error(`the exchanges cannot be played: ${error.stderr || error.message}`);
  });
  const results = JSON.parse(stdout) as unknown[];
  if (results.length !== plays.length) throw new Error(`${results.length} of ${plays.length} exchanges were played`);
}
