import snmp from "net-snmp";
import { openDatagramSocket } from "../send/datagram-socket.ts";
import { familyOf } from "../send/socket-options.ts";
import { ASKING_DEFAULTS, type AskingOptions, type Exchange, type Recording, type Server } from "./exchange.ts";
import { RecordedSnmpSocket } from "./recorded-snmp-socket.ts";

export const SNMP_PORT = 161;

export interface SnmpAgent extends Server {
  readonly credentials: SnmpCredentials;
}

export type SnmpCredentials = { readonly version: "1" | "2c"; readonly community: string } | SnmpUser;

/** A user of version 3. */
export interface SnmpUser {
  readonly version: "3";
  readonly user: string;
  /** Without it nothing is authenticated, and nothing encrypted either. */
  readonly auth?: { readonly protocol: "MD5" | "SHA" | "SHA256"; readonly password: string };
  readonly priv?: { readonly protocol: "DES" | "AES"; readonly password: string };
}

/** The user with the passwords of the environment, where no process list shows them: SHA with the one, AES with the other. */
export function snmpUserOf(user: string, environment: Readonly<Record<string, string | undefined>>): SnmpUser {
  const { TRAFGEN_SNMP_AUTH: auth, TRAFGEN_SNMP_PRIV: priv } = environment;
  return {
    version: "3",
    user,
    ...(auth !== undefined && { auth: { protocol: "SHA", password: auth } as const }),
    ...(priv !== undefined && { priv: { protocol: "AES", password: priv } as const }),
  };
}

export type SnmpQuestion =
  | { readonly operation: "get" | "getNext"; readonly oids: readonly string[] }
  | { readonly operation: "getBulk"; readonly oids: readonly string[]; readonly repetitions: number }
  /** All below an object, by GetNext (version 1) or GetBulk. */
  | { readonly operation: "walk"; readonly oid: string; readonly repetitions?: number };

/** Longest message that goes unfragmented over Ethernet. */
const WALK_REPETITIONS = 20;

/**
 * Asks an agent: one exchange for each message, so a walk, or version 3 with its discovery (RFC 3414 section 4), has
 * several.
 */
export async function askAgent(
  question: SnmpQuestion,
  agent: SnmpAgent,
  recording: Recording,
  options: AskingOptions = {},
): Promise<readonly Exchange[]> {
  const { timeoutMs = ASKING_DEFAULTS.timeoutMs, tries = ASKING_DEFAULTS.tries } = options;
  const family = familyOf(agent.address);
  const real = await openDatagramSocket(family, options);
  const socket = new RecordedSnmpSocket(
    real,
    agent,
    recording,
    timeoutMs,
    options.lingerMs ?? ASKING_DEFAULTS.lingerMs,
  );
  await socket.connect();
  const settings = {
    port: agent.port,
    transport: family === 6 ? ("udp6" as const) : ("udp4" as const),
    timeout: timeoutMs,
    retries: tries - 1,
    dgramModule: { createSocket: () => socket },
  };
  const session = openSession(agent, settings);
  const trouble = await answered(session, question, socket, options.stopping);
  return socket.finish(trouble);
}

function openSession(agent: SnmpAgent, settings: snmp.SessionOptionsV3 & snmp.SessionOptions): snmp.Session {
  const { credentials } = agent;
  if (credentials.version !== "3") {
    const version = credentials.version === "1" ? snmp.Version1 : snmp.Version2c;
    return snmp.createSession(agent.address, credentials.community, { ...settings, version });
  }
  const { user, auth, priv } = credentials;
  const level = auth === undefined ? "noAuthNoPriv" : priv === undefined ? "authNoPriv" : "authPriv";
  return snmp.createV3Session(
    agent.address,
    {
      name: user,
      level: snmp.SecurityLevel[level],
      ...(auth !== undefined && {
        authProtocol: snmp.AuthProtocols[auth.protocol.toLowerCase() as "md5" | "sha" | "sha256"],
        authKey: auth.password,
      }),
      ...(priv !== undefined && {
        privProtocol: snmp.PrivProtocols[priv.protocol.toLowerCase() as "des" | "aes"],
        privKey: priv.password,
      }),
    },
    { ...settings, version: snmp.Version3 },
  );
}

/** Resolves when the session has its answer or gives up: null, or why there is no good answer. */
function answered(
  session: snmp.Session,
  question: SnmpQuestion,
  socket: RecordedSnmpSocket,
  stopping: AbortSignal | undefined,
): Promise<string | null> {
  return new Promise((resolve) => {
    const end = (trouble: string | null) => {
      stopping?.removeEventListener("abort", onAbort);
      resolve(trouble);
      session.close();
    };
    const onAbort = () => end("stopped");
    if (stopping?.aborted) return end("stopped");
    stopping?.addEventListener("abort", onAbort, { once: true });
    // What the session makes of bytes it cannot read, and of the socket's errors.
    session.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== undefined) end(error.code);
    });
    const onAnswer = (error: Error | null) => end(error === null ? null : troubleOf(error));
    switch (question.operation) {
      case "get":
        session.get([...question.oids], onAnswer);
        break;
      case "getNext":
        session.getNext([...question.oids], onAnswer);
        break;
      case "getBulk":
        session.getBulk([...question.oids], 0, question.repetitions, onAnswer);
        break;
      case "walk":
        session.subtree(question.oid, question.repetitions ?? WALK_REPETITIONS, () => {}, onAnswer);
    }
    socket.onError = (error) => end(error.code ?? error.message);
  });
}

function troubleOf(error: Error): string {
  return error.name === "RequestTimedOutError" ? "no reply" : error.message;
}
