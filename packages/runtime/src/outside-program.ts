import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** What a program said, or what kept it from saying anything. */
export type Look =
  | { readonly kind: "said"; readonly exitCode: number; readonly output: Buffer; readonly isCut: boolean }
  | { readonly kind: "overdue" }
  | { readonly kind: "failed"; readonly reason: string };

export interface LookLimits {
  readonly timeMs: number;
  readonly bytes: number;
}

/** Nothing else of our own surroundings is handed on. */
const ENVIRONMENT = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" };
/** Exit code of setpriv when it cannot do what it was told, the program not started. */
const SETPRIV_FAILED = 127;

/**
 * Runs a program without our privileges, keeps the beginning of its output, and ends it with all processes it
 * started when it takes too long or is called off. Never throws.
 *
 * `setpriv` (util-linux, on every Debian system) drops capabilities before the program starts: those we got from
 * systemd as ambient ones would otherwise go with it. `asUser`: null where we may not change user. `environment` is given
 * to it besides PATH and LANG.
 */
export async function look(
  program: readonly string[],
  asUser: { readonly uid: number; readonly gid: number } | null,
  limits: LookLimits,
  callOff: AbortSignal,
  environment: Readonly<Record<string, string>> = {},
): Promise<Look> {
  const child = spawn("setpriv", [...droppingOptions(asUser), "--", ...program], {
    cwd: "/",
    env: { ...environment, ...ENVIRONMENT },
    stdio: ["ignore", "pipe", "ignore"],
    // A process group of its own, so that what it starts can be ended with it.
    detached: true,
  });
  return await new Promise<Look>((resolve) => {
    const chunks: Buffer[] = [];
    let kept = 0;
    let isCut = false;
    let isOverdue = false;
    const end = () => endGroup(child.pid);
    const timer = setTimeout(() => {
      isOverdue = true;
      end();
    }, limits.timeMs);
    callOff.addEventListener("abort", end, { once: true });
    const settle = (result: Look) => {
      clearTimeout(timer);
      callOff.removeEventListener("abort", end);
      // What it left behind in its group must not outlive the look either.
      end();
      resolve(result);
    };
    child.stdout.on("data", (chunk: Buffer) => {
      const room = limits.bytes - kept;
      if (chunk.length > room) isCut = true;
      if (room > 0) chunks.push(chunk.subarray(0, room));
      kept += Math.min(room, chunk.length);
    });
    child.once("error", (error) => settle({ kind: "failed", reason: error.message }));
    // "exit", not "close": a process it left behind may hold the pipe open for ever.
    child.once("exit", (exitCode, signal) => {
      // Output that was written before the end is still on its way.
      setImmediate(() => {
        if (isOverdue) settle({ kind: "overdue" });
        else if (signal !== null) settle({ kind: "failed", reason: `ended by ${signal}` });
        else if (exitCode === SETPRIV_FAILED) settle({ kind: "failed", reason: "it cannot be started" });
        else settle({ kind: "said", exitCode: exitCode ?? 0, output: Buffer.concat(chunks), isCut });
      });
    });
  });
}

function droppingOptions(asUser: { readonly uid: number; readonly gid: number } | null): readonly string[] {
  const always = ["--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all"];
  if (asUser === null) return always;
  const { uid, gid } = asUser;
  return [...always, "--bounding-set=-all", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
}

/** Numbers of a user of this machine; null: there is none of the name. */
export function userNumbers(user: string): { readonly uid: number; readonly gid: number } | null {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group has no process any more.
  }
}
