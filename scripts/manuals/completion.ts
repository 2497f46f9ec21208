import type { ProgramDescription } from "../../packages/runtime/src/describe-program.ts";

/** Operands that name an element of the configuration. */
const NAMED_IN_SETTINGS: Readonly<Record<string, string>> = { probeName: "probe", collectorName: "collector" };

/** The completion of a program for bash, by the options that it declares. */
export function completion({ name, options, operands }: ProgramDescription): string {
  const flags = options.flatMap(({ short, long }) => [short, long]).filter((flag) => flag !== null);
  const cases = options
    .filter(({ takesValue }) => takesValue)
    .map(({ short, long, choices }) => {
      const pattern = [short, long].filter((flag) => flag !== null).join(" | ");
      return `    ${pattern}) ${choices.length === 0 ? "_files" : `COMPREPLY=($(compgen -W '${choices.join(" ")}' -- "$cur"))`}; return ;;`;
    });
  const element = NAMED_IN_SETTINGS[operands[0]?.name ?? ""];
  const otherwise =
    element === undefined
      ? "_files"
      : `COMPREPLY=($(compgen -W "$(sed -n 's/.*<${element} [^>]*name="\\([^"]*\\)".*/\\1/p' /etc/trafMon/xml/tmon.xml 2>/dev/null)" -- "$cur"))`;
  return `# Written by npm run golden from the program's own declaration of its options.
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  _files() { compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); }
  case $prev in
${cases.join("\n")}${cases.length === 0 ? "" : "\n"}    *) ;;
  esac
  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '${flags.join(" ")}' -- "$cur")); return; fi
  ${otherwise}
}
complete -F _${name} ${name}
`;
}
