import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { netflowError } from "../errors.ts";

/** How a tool ended. */
export interface ToolEnd {
  /** 0: by its own account all went well. */
  readonly exitCode: number | null;
  /** What it said on stderr, shortened. */
  readonly said: string;
}

const SAID_CHARACTERS = 2000;

/** Times that the tools print and read are UTC; no colours, no pager, no words of another language. */
const ENVIRONMENT = { ...process.env, TZ: "UTC", LC_ALL: "C", SILK_PAGER: "", PAGER: "" };

/**
 * Runs one program, or several joined by pipes, and gives each line of the last one's output. Returns how each ended.
 * @throws {CodedError} NETFLOW_TOOL_MISSING
 */
export async function toolLines(
  commands: readonly (readonly [program: string, ...args: string[]])[],
  take: (line: string) => void,
): Promise<ToolEnd[]> {
  const children: ChildProcess[] = [];
  for (const [index, [program, ...args]] of commands.entries()) {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: ENVIRONMENT });
    // A reader that ended first is told by its own exit code.
    child.stdin!.on("error", () => {});
    if (index === 0) child.stdin!.end();
    else children[index - 1]!.stdout!.pipe(child.stdin!);
    children.push(child);
  }
  const ends = children.map((child, index) => toolEnd(child, commands[index]![0]));
  // Awaited below; until then nobody listens.
  for (const end of ends) end.catch(() => {});
  const lines = createInterface({ input: children.at(-1)!.stdout!, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) take(line);
    return await Promise.all(ends);
  } catch (error) {
    for (const child of children) child.kill();
    throw error;
  }
}

function toolEnd(child: ChildProcess, program: string): Promise<ToolEnd> {
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (part: string) => {
    said = (said + part).slice(0, SAID_CHARACTERS);
  });
  return new Promise((resolve, reject) => {
    child.on("error", (cause) => {
      reject(netflowError("NETFLOW_TOOL_MISSING", `cannot run ${program}: ${cause.message}`, cause));
    });
    child.on("close", (exitCode) => resolve({ exitCode, said: said.trim() }));
  });
}
