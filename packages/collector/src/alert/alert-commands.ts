import { type Counters, type Logger, look, userNumbers } from "@trafmon/runtime";
import type { AlertCommandSettings } from "@trafmon/settings";
import { collectorError } from "../errors.ts";
import { type AlertListener, type AlertNotice, figureText, noticeText } from "./alert-notice.ts";

/** Notices that wait for a slow program; beyond, the oldest is left out, which is counted. */
const MOST_WAITING = 100;
/** What a program prints is shown in the log when it fails, as far as this. */
const SHOWN_BYTES = 200;

interface Command extends AlertCommandSettings {
  /** null: this process may not change user. */
  readonly asUser: ReturnType<typeof userNumbers>;
}

/** Runs the configured programs at every alert, one notice after the other. */
export class AlertCommands implements AlertListener {
  readonly #commands: readonly Command[];
  readonly #counters: Counters;
  readonly #log: Logger;
  readonly #waiting: AlertNotice[] = [];
  readonly #callOff = new AbortController();
  #running: Promise<void> | null = null;

  /** @throws {CodedError} COLLECTOR_ALERT_USER_UNKNOWN */
  constructor(commands: readonly AlertCommandSettings[], counters: Counters, log: Logger) {
    const canChangeUser = process.getuid?.() === 0;
    this.#commands = commands.map((command) => {
      const asUser = canChangeUser ? userNumbers(command.user) : null;
      if (canChangeUser && asUser === null)
        throw collectorError(
          "COLLECTOR_ALERT_USER_UNKNOWN",
          `cannot run ${command.program[0]}: there is no user ${command.user}`,
        );
      return { ...command, asUser };
    });
    this.#counters = counters;
    this.#log = log;
  }

  tell(notice: AlertNotice): void {
    if (this.#commands.length === 0 || this.#callOff.signal.aborted) return;
    this.#waiting.push(notice);
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#counters.byReason("alert_commands_failed").add("too many at a time");
    }
    this.#running ??= this.#runAll().finally(() => {
      this.#running = null;
    });
  }

  /** Ends what is under way; what waits is not run any more. */
  async stop(): Promise<void> {
    this.#callOff.abort();
    await this.#running;
  }

  async #runAll(): Promise<void> {
    for (let notice = this.#waiting.shift(); notice !== undefined; notice = this.#waiting.shift()) {
      for (const command of this.#commands) {
        if (this.#callOff.signal.aborted) return;
        await this.#run(command, notice);
      }
    }
  }

  async #run({ program, timeLimitMs, asUser }: Command, notice: AlertNotice): Promise<void> {
    const limits = { timeMs: timeLimitMs, bytes: SHOWN_BYTES };
    const seen = await look(program, asUser, limits, this.#callOff.signal, environmentOf(notice));
    this.#counters.counter("alert_commands_run").add();
    if (seen.kind === "said" && seen.exitCode === 0) return;
    this.#counters.byReason("alert_commands_failed").add(seen.kind === "said" ? "exit code" : seen.kind);
    const { output, ...rest } = seen.kind === "said" ? seen : { ...seen, output: Buffer.alloc(0) };
    this.#log.warn({ program: program[0], ...rest, said: output.toString("utf8") }, "a program run at an alert failed");
  }
}

/** What a program is told of an alert, in its environment: names and figures only, nothing a shell could read. */
export function environmentOf(notice: AlertNotice): Record<string, string> {
  const { turn, alert, subject, value, atMs } = notice;
  return {
    TRAFMON_ALERT: alert.name,
    TRAFMON_STATE: turn,
    TRAFMON_SEVERITY: turn === "raised" ? alert.severity : "info",
    TRAFMON_SCOPE: subject.scope,
    TRAFMON_COLLECTOR: subject.collector,
    TRAFMON_PROBE: subject.probe ?? "",
    TRAFMON_CLASS: subject.flowClass ?? "",
    TRAFMON_METRIC: alert.metric,
    TRAFMON_VALUE: figureText(value),
    TRAFMON_LEVEL: String(turn === "raised" ? alert.level : alert.clear),
    TRAFMON_AT: new Date(atMs).toISOString(),
    TRAFMON_TEXT: noticeText(notice),
  };
}
