import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../site/built-programs.ts";
import type { Namespace } from "../network/namespace.ts";

const PROGRAM = join(ROOT, "packages/trafgen/receivers/trafgen_receivers");

/** The real servers, in a namespace. What they log is below `folder`. */
export class Receivers {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async start(space: Namespace, folder: string, settings: Readonly<Record<string, string>>): Promise<Receivers> {
    const words = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
    await run(["unpack"]);
    await run(["start", "--netns", space.name, "--folder", folder, ...words]);
    return new Receivers(folder);
  }

  async stop(): Promise<void> {
    await run(["stop", "--folder", this.folder]);
  }
}

async function run(words: readonly string[]): Promise<void> {
  await promisify(execFile)(PROGRAM, words).catch((error) => {
    throw new Error(`trafgen_receivers ${words[0]} failed: ${error.stderr || error.message}`);
  });
}
