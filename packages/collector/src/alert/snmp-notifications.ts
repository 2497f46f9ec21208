import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import type { Clock, Counters, Logger } from "@trafmon/runtime";
import { RepeatedTrouble } from "@trafmon/runtime";
import { alertMetrics, type TrapTargetSettings } from "@trafmon/settings";
import snmp from "net-snmp";
import { type AlertListener, type AlertNotice, figureText, noticeText } from "./alert-notice.ts";
import { readSnmpCredentials, type SnmpCredentials } from "./snmp-credentials.ts";

/**
 * Root of etc/snmp/TRAFMON-MIB.txt: netSnmpPlaypen 7601 of NET-SNMP-MIB, for trafMon has no number of its own with IANA.
 */
export const TRAFMON_OID = "1.3.6.1.4.1.8072.9999.9999.7601";

const NOTIFICATION_OID = { raised: `${TRAFMON_OID}.0.1`, cleared: `${TRAFMON_OID}.0.2` } as const;
const OBJECTS_OID = `${TRAFMON_OID}.1`;

/** Tells SNMP managers of alerts by notifications (traps) of version 2c or 3. A notification that is lost is lost. */
export class SnmpNotifications implements AlertListener {
  readonly #sessions: readonly { readonly target: TrapTargetSettings; readonly session: snmp.Session }[];
  readonly #counters: Counters;
  readonly #trouble: RepeatedTrouble;
  readonly #clock: Clock;
  readonly #startMs: number;

  /** @throws {CodedError} COLLECTOR_SNMP_CREDENTIALS_UNUSABLE */
  constructor(
    targets: readonly TrapTargetSettings[],
    collector: string,
    counters: Counters,
    clock: Clock,
    log: Logger,
  ) {
    this.#counters = counters;
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
    this.#trouble = new RepeatedTrouble(log, clock);
    this.#sessions = targets.map((target) => {
      const credentials = readSnmpCredentials(target.credentialsFile, target.version);
      const session = sessionWith(target, credentials, engineIdOf(collector), clock);
      session.on("error", (error: Error) => this.#fail(target, error));
      return { target, session };
    });
    if (targets.some(({ version }) => version === "3"))
      log.info(
        { engineId: `0x${engineIdOf(collector).toString("hex")}` },
        "SNMP notifications of version 3 come from this engine",
      );
  }

  tell(notice: AlertNotice): void {
    const upTime = Math.floor((this.#clock.monotonicMs() - this.#startMs) / 10) >>> 0;
    for (const { target, session } of this.#sessions) {
      session.trap(NOTIFICATION_OID[notice.turn], objectsOf(notice), { upTime }, (error: Error | null) => {
        if (error) this.#fail(target, error);
        else this.#counters.counter("snmp_notifications_sent").add();
      });
    }
  }

  async stop(): Promise<void> {
    // What was given to the sockets is to leave first.
    if (this.#sessions.length > 0) await new Promise((done) => setImmediate(done));
    for (const { session } of this.#sessions) session.close();
    this.#trouble.flush();
  }

  #fail({ address, port }: TrapTargetSettings, error: Error): void {
    this.#counters.counter("snmp_notifications_failed").add();
    this.#trouble.warn(
      `${address} ${port}`,
      { manager: address, port, reason: error.message },
      "cannot notify a manager",
    );
  }
}

/**
 * Number of the SNMP engine that a collector is, always the same (RFC 3411 section 5: enterprise 8072, octets). A manager
 * must know it to check notifications of version 3.
 */
export function engineIdOf(collector: string): Buffer {
  const octets = createHash("sha256").update(`trafMon collector ${collector}`).digest().subarray(0, 8);
  return Buffer.concat([Buffer.from("80001f8805", "hex"), octets]);
}

/**
 * Boots and time of the engine (RFC 3414 section 2.2), which must never go back although nothing is remembered: minutes
 * from the epoch to the start, and seconds since that minute began. Started twice within a minute, the time is at
 * most a minute behind, which is within the window of 150 s.
 */
export function engineTime(startMs: number, nowMs: number): { readonly boots: number; readonly time: number } {
  const boots = Math.floor(startMs / 60_000);
  return { boots, time: Math.max(0, Math.floor(nowMs / 1000) - boots * 60) };
}

function sessionWith(
  { address, port }: TrapTargetSettings,
  credentials: SnmpCredentials,
  engineID: Buffer,
  clock: Clock,
): snmp.Session {
  const transport = isIPv6(address) ? ("udp6" as const) : ("udp4" as const);
  const options = { trapPort: port, transport, retries: 0 };
  if (credentials.version === "2c") {
    return snmp.createSession(address, credentials.community, { ...options, version: snmp.Version2c });
  }
  const { user, auth, priv } = credentials;
  const level = auth === null ? "noAuthNoPriv" : priv === null ? "authNoPriv" : "authPriv";
  const session = snmp.createV3Session(
    address,
    {
      name: user,
      level: snmp.SecurityLevel[level],
      ...(auth && { authProtocol: snmp.AuthProtocols[auth.protocol], authKey: auth.password }),
      ...(priv && { privProtocol: snmp.PrivProtocols[priv.protocol], privKey: priv.password }),
    },
    { ...options, engineID },
  );
  timeMessages(session, clock);
  return session;
}

/** What the library gives to `send`; not in its types. */
interface Sending {
  send(request: { message: { msgSecurityParameters: Record<string, unknown> } }, isTrap: boolean): void;
}

/**
 * The library writes boots 0 and time 0 into every trap, which a manager takes for a replay from the second one on
 * (RFC 3414 section 3.2, 7b). Messages are made into bytes when they are sent, so they are put right just before.
 */
function timeMessages(session: snmp.Session, clock: Clock): void {
  const startMs = clock.wallMs();
  const sending = session as unknown as Sending;
  const send = sending.send.bind(session);
  sending.send = (request, isTrap) => {
    const { boots, time } = engineTime(startMs, clock.wallMs());
    request.message.msgSecurityParameters.msgAuthoritativeEngineBoots = boots;
    request.message.msgSecurityParameters.msgAuthoritativeEngineTime = time;
    send(request, isTrap);
  };
}

/** The objects of a notification, in the order the MIB lists them. */
function objectsOf(notice: AlertNotice): snmp.Varbind[] {
  const { turn, alert, subject, value, atMs } = notice;
  const at = new Date(atMs);
  const dateAndTime = Buffer.alloc(8);
  dateAndTime.writeUInt16BE(at.getUTCFullYear());
  dateAndTime.set([at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()], 2);
  dateAndTime[7] = Math.floor(at.getUTCMilliseconds() / 100);
  const severity = turn === "raised" ? { info: 1, warning: 2, error: 3 }[alert.severity] : 1;
  const level = String(turn === "raised" ? alert.level : alert.clear);
  const text = (number: number, words: string | Buffer) => ({
    oid: `${OBJECTS_OID}.${number}.0`,
    type: snmp.ObjectType.OctetString,
    value: words,
  });
  return [
    text(1, alert.name),
    text(2, subject.collector),
    text(3, subject.probe ?? ""),
    text(4, subject.flowClass ?? ""),
    text(5, alert.metric),
    text(6, figureText(value)),
    text(7, level),
    text(8, alertMetrics[alert.metric].dimension),
    { oid: `${OBJECTS_OID}.9.0`, type: snmp.ObjectType.Integer, value: severity },
    text(10, dateAndTime),
    text(11, noticeText(notice).slice(0, 255)),
  ];
}
