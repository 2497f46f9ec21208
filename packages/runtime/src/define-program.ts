import { Command, CommanderError, InvalidArgumentError } from "commander";
import { DESCRIBE_WORD, describeProgram } from "./describe-program.ts";
import { runtimeError } from "./errors.ts";
import { ProgramEnd } from "./program-end.ts";
import { VERSION } from "./version.ts";

export interface ProgramDefinition {
  /** As the operator types it, e.g. `tmon_probe`. */
  readonly name: string;
  /** One sentence, capital and full stop: what the program does. */
  readonly summary: string;
  /** At least one command line that does something useful, with what it does. */
  readonly examples: readonly { readonly command: string; readonly meaning: string }[];
  /** Further text for the end of the help: files, exit codes. */
  readonly notes?: string;
}

/** What was said of a program beyond what commander keeps. */
const definitions = new WeakMap<Command, ProgramDefinition>();

/**
 * The command line of a program, in the house's manner: help with defaults and examples, version, `--json`. Options
 * and arguments are then added with commander's own `.option()` and `.argument()`.
 */
export function defineProgram(definition: ProgramDefinition): Command {
  const examples = definition.examples.map(({ command, meaning }) => `  ${meaning}\n    ${command}`).join("\n");
  const heading = definition.examples.length === 1 ? "EXAMPLE" : "EXAMPLES";
  const program = new Command(definition.name);
  definitions.set(program, definition);
  return (
    program
      .description(definition.summary)
      .version(VERSION, "-V, --version", "print the version and stop")
      .helpOption("-h, --help", "print this help and stop")
      .option("--json", "log and report errors as JSON lines", false)
      .allowExcessArguments(false)
      .exitOverride()
      // Errors are told by runProgram, in the same two lines as any other.
      .configureOutput({ writeErr: () => {} })
      .addHelpText(
        "after",
        `\n${heading}\n${examples}${definition.notes === undefined ? "" : `\n\n${definition.notes}`}`,
      )
  );
}

/** What was given on the command line: options by their long name, and the arguments in order. */
export interface ParsedCommandLine<O> {
  readonly options: O & { readonly json: boolean };
  readonly operands: readonly string[];
}

/**
 * Reads the command line. `O` is the options' shape as `define` declares it; nothing checks that the two agree but the
 * program's own tests.
 * @throws {CodedError} BAD_OPTION, and ProgramEnd after help or version was printed
 */
export function readCommandLine<O extends object>(program: Command, args: readonly string[]): ParsedCommandLine<O> {
  const definition = definitions.get(program);
  if (args[0] === DESCRIBE_WORD && definition !== undefined) {
    process.stdout.write(`${JSON.stringify(describeProgram(program, definition))}\n`);
    throw new ProgramEnd("described");
  }
  try {
    program.parse([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new ProgramEnd(error.message);
    throw badOption(error.message);
  }
  return { options: program.opts<O & { json: boolean }>(), operands: program.args };
}

/** For what commander cannot check, e.g. two options that exclude each other. `message` says what is wrong. */
export function badOption(message: string): Error {
  const bare = message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return runtimeError("BAD_OPTION", `cannot use the command line: ${bare.replace(/\.$/, "")}`);
}

/** Reads a whole number for `.option(flags, meaning, wholeNumber(1, 65535), default)`. Both bounds are included. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`A whole number from ${min} to ${max} is needed.`);
    }
    return value;
  };
}
