import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";

const TOOLS = fileURLToPath(new URL("../../../var/tools/receivers/", import.meta.url));

export interface Bind9 {
  /** `address:port`. */
  readonly server: string;
  /** The questions it was asked so far, as `name type` with ` over TCP` where it was. */
  questions(): string[];
  /** Stops answering, with its socket open: what is asked meanwhile waits. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

/**
 * For tests: BIND's named on the loopback, authoritative for some zones and for nothing else. `zones`: what follows SOA and
 * NS of each. The program is the system's, or that which `npm run setup -- --tests` unpacks.
 */
export async function bind9(zones: Readonly<Record<string, string>>): Promise<Bind9> {
  const folder = mkdtempSync(join(tmpdir(), "tm-bind9-"));
  const port = await freePort();
  const names = Object.keys(zones);
  for (const [name, text] of Object.entries(zones)) {
    const head = "$TTL 60\n@ IN SOA ns.example. admin.example. 1 3600 900 86400 60\n@ IN NS ns.example.\n";
    writeFileSync(join(folder, name), head + text);
  }
  writeFileSync(
    join(folder, "named.conf"),
    `options {
  directory "${folder}"; pid-file "${folder}/pid"; session-keyfile "${folder}/key";
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; notify no; max-udp-size 4096; querylog yes;
};
controls { };
${names.map((name) => `zone "${name}" { type primary; file "${name}"; check-names ignore; };`).join("\n")}
`,
  );
  const child = spawn("named", ["-g", "-n", "1", "-c", join(folder, "named.conf")], {
    stdio: ["ignore", "ignore", "pipe"],
    env: environment(),
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`named ended with ${code}: ${said}`)));
    child.stderr!.on("data", (part) => {
      said += part;
      // It runs without a zone that it cannot read, too.
      if (said.includes("not loaded due to errors")) reject(new Error(`named: ${said}`));
      else if (said.includes(" running\n")) resolve();
    });
  }).catch((error) => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    server: `127.0.0.1:${port}`,
    questions: () =>
      [...said.matchAll(/query: (\S+) IN (\S+) (\S+)/g)].map(
        ([, name, type, flags]) => `${name} ${type}${flags!.includes("T") ? " over TCP" : ""}`,
      ),
    pause: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
    close: async () => {
      const ended = once(child, "exit");
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** With the unpacked programs and their libraries first. */
function environment(): NodeJS.ProcessEnv {
  const libraries = ["usr/lib", "lib"].flatMap((each) => {
    const path = join(TOOLS, each);
    return existsSync(path)
      ? readdirSync(path)
          .filter((name) => name.includes("-linux-gnu"))
          .map((name) => join(path, name))
      : [];
  });
  return {
    ...process.env,
    PATH: `${join(TOOLS, "usr/sbin")}:${process.env.PATH}:/usr/sbin`,
    LD_LIBRARY_PATH: libraries.join(":"),
  };
}
