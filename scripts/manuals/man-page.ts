import type { ProgramDescription } from "../../packages/runtime/src/describe-program.ts";

const EXIT_CODES: readonly (readonly [string, string])[] = [
  ["0", "done, or nothing to do"],
  ["64", "the command line cannot be understood"],
  ["65", "done, but some of the data was refused"],
  ["69", "a server that is needed does not answer, or refuses"],
  ["70", "a fault of the program"],
  ["74", "reading or writing failed"],
  ["75", "busy, or not finished in time: try again"],
  ["77", "no permission"],
  ["78", "the configuration cannot be used"],
];

/** What every operator meets; naming all programs would change every page with each new one. */
const SEE_ALSO = ["tmon_probe", "tmon_collector", "trafMon_loader", "trafMon_doctor"];

/** The manual page of a program, for man(7)'s macros. */
export function manPage(program: ProgramDescription, version: string): string {
  const { name, summary, examples, notes, options, operands } = program;
  const parts = [
    `.\\" Written by npm run golden from the program's own declaration of its options.`,
    // groff 1.23 sets AD's adjustment anew with each paragraph, others know .ad alone.
    `.TH ${roff(name.toUpperCase())} 1 "" "trafMon ${roff(version)}" "trafMon"\n.ds AD l\n.ad l\n.nh`,
    `.SH NAME\n${roff(name)} \\- ${roff(lowerFirst(summary).replace(/\.$/, ""))}`,
    `.SH SYNOPSIS\n.B ${roff(name)}\n${synopsis(program)}`,
    `.SH DESCRIPTION\n${paragraph(summary)}`,
    operands.length === 0
      ? ""
      : `.SH ARGUMENTS\n${operands.map((each) => `.TP\n.I ${roff(each.name)}\n${paragraph(each.meaning)}`).join("\n")}`,
    options.length === 0 ? "" : `.SH OPTIONS\n${options.map(optionText).join("\n")}`,
    notes === undefined ? "" : `.SH NOTES\n${notes.split("\n").map(paragraph).join("\n.br\n")}`,
    `.SH EXAMPLES\n${examples.map(({ command, meaning }) => `${paragraph(meaning)}\n.PP\n.nf\n.RS 4\n${literal(command)}\n.RE\n.fi\n.PP`).join("\n")}`,
    `.SH "EXIT STATUS"\n${EXIT_CODES.map(([code, meaning]) => `.TP\n.B ${code}\n${paragraph(meaning)}`).join("\n")}`,
    `.SH "SEE ALSO"\n${SEE_ALSO.filter((other) => other !== name)
      .map((other, index, all) => `.BR ${roff(other)} (1)${index < all.length - 1 ? "," : ""}`)
      .join("\n")}\n.PP\nThe guides in /usr/share/doc/trafmon/docs.`,
  ];
  return `${parts.filter((part) => part !== "").join("\n")}\n`;
}

function synopsis({ options, operands }: ProgramDescription): string {
  const words = options.length === 0 ? [] : ["[\\fIoptions\\fR]"];
  for (const { name, isRequired, isVariadic } of operands) {
    const word = `\\fI${roff(name)}\\fR${isVariadic ? "..." : ""}`;
    words.push(isRequired ? word : `[${word}]`);
  }
  return words.join(" ");
}

function optionText({ flags, meaning, default: byDefault, choices }: ProgramDescription["options"][number]): string {
  // What is typed is bold, what stands for something else is not.
  const shown = flags.replace(/[^\s,]+/g, (word) =>
    word.startsWith("-") ? `\\fB${roff(word)}\\fR` : `\\fI${roff(word)}\\fR`,
  );
  const further = [
    ...(choices.length === 0 ? [] : [`Choices: ${choices.join(", ")}.`]),
    ...(byDefault === null || meaning.includes("(default:") ? [] : [`Default: ${byDefault}.`]),
  ];
  return `.TP\n${shown}\n${paragraph([sentence(meaning), ...further].join("\n"))}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.:]$/.test(text) ? "" : "."}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Lines of text, none of which groff takes for a request. */
function paragraph(text: string): string {
  return text.split("\n").map(literal).join("\n");
}

function literal(line: string): string {
  return roff(line).replace(/^([.'])/, "\\&$1");
}

/** Text as groff prints it letter by letter: a hyphen that is typed must not become another sign. */
function roff(text: string): string {
  return (
    text
      .replaceAll("\\", "\\e")
      .replaceAll("-", "\\-")
      .replaceAll("~", "\\(ti")
      .replaceAll("^", "\\(ha")
      .replaceAll("`", "\\(ga")
      // A long list may be broken at its commas.
      .replace(/,(?=\S)/g, ",\\:")
  );
}
