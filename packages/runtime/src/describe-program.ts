import type { Command } from "commander";
import type { ProgramDefinition } from "./define-program.ts";

/** What manual pages and shell completion are made from: a program's command line as it is declared. */
export interface ProgramDescription extends ProgramDefinition {
  readonly operands: readonly {
    readonly name: string;
    readonly isRequired: boolean;
    readonly isVariadic: boolean;
    readonly meaning: string;
  }[];
  readonly options: readonly {
    /** As declared, e.g. `-c, --config <XML>`. */
    readonly flags: string;
    readonly short: string | null;
    readonly long: string | null;
    /** Whether a value follows. */
    readonly takesValue: boolean;
    readonly meaning: string;
    /** What holds when it is not given, where that can be said. */
    readonly default: string | null;
    readonly choices: readonly string[];
  }[];
}

/** The word that has any program print its description as JSON; not shown in its help, for it is not for people. */
export const DESCRIBE_WORD = "--describe-program";

export function describeProgram(program: Command, definition: ProgramDefinition): ProgramDescription {
  return {
    ...definition,
    operands: program.registeredArguments.map((operand) => ({
      name: operand.name(),
      isRequired: operand.required,
      isVariadic: operand.variadic,
      meaning: operand.description,
    })),
    options: program
      .createHelp()
      .visibleOptions(program)
      .map((option) => ({
        flags: option.flags,
        short: option.short ?? null,
        long: option.long ?? null,
        takesValue: option.required || option.optional,
        meaning: option.description,
        default: defaultText(option.defaultValue, option.defaultValueDescription, option.negate),
        choices: option.argChoices ?? [],
      })),
  };
}

function defaultText(value: unknown, words: string | undefined, isNegation: boolean): string | null {
  if (words !== undefined) return words;
  if (value === undefined || value === false || isNegation) return null;
  return String(value);
}
