/**
 * How a program is asked to stop and to do things meanwhile. SIGTERM and SIGINT abort `stopping`; a second one ends
 * the process at once. SIGHUP and SIGUSR1 call hooks; a hangup nobody hooks stops, as it would without us.
 */
export interface Signals {
  readonly stopping: AbortSignal;
  /** Asks the program to stop as a signal would. */
  stop(reason: string): void;
  /** Calls at each SIGHUP, e.g. to open the log anew after logrotate. */
  onHangup(call: () => void): void;
  /** Calls at each SIGUSR1, e.g. to close the open log files for the loader. */
  onUser1(call: () => void): void;
  /** Lets go of all signals. */
  close(): void;
}

/**
 * Two stop signals closer than this are one: a terminal's Ctrl-C reaches the whole process group, and npm passes it on
 * to us a second time.
 */
const SAME_PRESS_MS = 250;

const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;

export function catchSignals(program: string): Signals {
  const stopping = new AbortController();
  const hangups: (() => void)[] = [];
  const users: (() => void)[] = [];
  let firstStopMs: number | null = null;

  const onStop = (signal: NodeJS.Signals) => {
    const nowMs = performance.now();
    if (firstStopMs === null) {
      firstStopMs = nowMs;
      stopping.abort(signal);
    } else if (nowMs - firstStopMs >= SAME_PRESS_MS) {
      process.stderr.write(`${program}: ended by a second ${signal} before it had stopped\n`);
      close();
      process.kill(process.pid, signal);
    }
  };
  const onHangup = () => {
    if (hangups.length === 0) onStop("SIGHUP");
    for (const call of hangups) call();
  };
  // Always caught: Node would otherwise open its debugger's port.
  const onUser1 = () => {
    for (const call of users) call();
  };
  const close = () => {
    for (const signal of STOP_SIGNALS) process.off(signal, onStop);
    process.off("SIGHUP", onHangup);
    process.off("SIGUSR1", onUser1);
  };

  for (const signal of STOP_SIGNALS) process.on(signal, onStop);
  process.on("SIGHUP", onHangup);
  process.on("SIGUSR1", onUser1);
  return {
    stopping: stopping.signal,
    stop: (reason) => stopping.abort(reason),
    onHangup: (call) => hangups.push(call),
    onUser1: (call) => users.push(call),
    close,
  };
}
