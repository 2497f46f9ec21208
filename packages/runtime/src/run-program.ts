import { systemClock } from "./clock.ts";
import { CodedError } from "./coded-error.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { ProgramLog } from "./log.ts";
import { ProgramEnd } from "./program-end.ts";
import { reportError } from "./report-error.ts";
import { ServiceManager } from "./service-manager.ts";
import { catchSignals, type Signals } from "./signals.ts";
import { systemRefusal } from "./system-refusal.ts";

/** What a program's `main` is given. */
export interface ProgramLife extends Omit<Signals, "close"> {
  readonly name: string;
  /** The command line after the program's own name. */
  readonly args: readonly string[];
  /** Whoever has started the program, if it is systemd. */
  readonly service: ServiceManager;
  /** Says where the end of the program is told besides stderr; a hangup then opens the log's file anew. */
  useLog(log: ProgramLog): void;
}

/**
 * Runs a program: `main` ends it with an exit code (nothing means done). Whatever `main` throws, or nobody catches
 * anywhere, is told in two lines on stderr and becomes the exit code. Does not return: the process ends here.
 */
export async function runProgram(
  name: string,
  main: (life: ProgramLife) => Promise<ExitCode | undefined> | Promise<void>,
): Promise<never> {
  const args = process.argv.slice(2);
  const signals = catchSignals(name);
  const service = new ServiceManager(process.env, systemClock);
  let programLog: ProgramLog | null = null;
  const fail = (thrown: unknown): ExitCode => {
    const error = systemRefusal(thrown) ?? thrown;
    if (error instanceof ProgramEnd) return EXIT.DONE;
    if (!(error instanceof CodedError)) programLog?.log.fatal({ err: error }, "fault of ours");
    // On stderr it would only say what the next lines say.
    else if (programLog?.inFile) programLog.log.error({ code: error.code, cause: error.cause }, error.message);
    return reportError(name, error, { json: asksForJson(args), stack: process.env.TRAFMON_STACK === "1" });
  };

  // What nobody awaits may have left the program in any state, so it is not asked to stop but ended.
  const onStray = (error: unknown) => void end(fail(error));
  process.on("uncaughtException", onStray);
  // A reader that goes away, as in `... --help | head -1`, is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.DONE);
    onStray(error);
  });

  // Parts may hold nothing but unreferenced timers; as long as `main` runs, the process does.
  const alive = setInterval(() => {}, 60_000);
  try {
    const code = await main({
      ...signals,
      name,
      args,
      service,
      useLog: (given) => {
        programLog = given;
        service.useLog(given.log);
        if (given.inFile) signals.onHangup(given.reopen);
      },
    });
    return await end(code ?? EXIT.DONE);
  } catch (error) {
    return await end(fail(error));
  } finally {
    clearInterval(alive);
  }
}

function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).includes("--json");
}

/** Ends the process once what was written to a pipe has left it. */
async function end(code: ExitCode): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write("", done))));
  process.exit(code);
}
