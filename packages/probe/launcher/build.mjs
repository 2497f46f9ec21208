// Compiles tmon_capture, with the programs it may start fixed in it.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const HARDENING = ["-O2", "-D_FORTIFY_SOURCE=2", "-fstack-protector-strong", "-fPIE", "-pie", "-Wl,-z,relro,-z,now"];

/**
 * @param {{ to: string, node: string, probe: string, log: string, user?: string }} how absolute paths; `user`: who may
 *   run it, the installation's own unless a test says otherwise
 */
export function compileCaptureLauncher({ to, node, probe, log, user }) {
  const fixed = { TMON_NODE: node, TMON_PROBE: probe, TMON_LOG: log, ...(user && { TMON_USER: user }) };
  const compiler = process.env.CC ?? "cc";
  const { status, stderr, error } = spawnSync(
    compiler,
    [
      ...["-std=c11", "-Wall", "-Wextra", "-Werror", ...HARDENING],
      ...Object.entries(fixed).map(([name, text]) => `-D${name}="${text}"`),
      join(import.meta.dirname, "tmon_capture.c"),
      ...["-o", to],
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`cannot compile tmon_capture: ${error?.message ?? stderr}`);
}
