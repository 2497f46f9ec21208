/** What stands above the elements in etc/xml/tmon.dtd. */
export const DOCUMENT_TYPE_ABOUT = `  The configuration of trafMon: what may stand in tmon.xml, what it means, and what its absence means.
  Written from the schema of packages/settings; docs/configuration.md says the same as a manual.

  xmllint with its options noout and valid checks a file against this description. The option check of tmon_probe and
  tmon_collector checks it as the programs do, with ranges and names, and prints what is effective.

  Durations are seconds, or bear a unit: ms s min h d. Sizes are bytes, or bear a unit: kB MB GB TB KiB MiB GiB TiB.
  Rates are bits per second, or bear a unit: kbit Mbit Gbit.`;

/** What stands above the elements in docs/configuration.md. */
export const MANUAL_HEADING = `# Configuration

Every probe and collector of a site reads one and the same XML file, \`/etc/trafMon/xml/tmon.xml\`. This page names
everything that may stand in it. It is written from the schema in \`packages/settings\`; \`etc/xml/tmon.dtd\` says the same
to editors and to \`xmllint --noout --valid tmon.xml\`.

- **Checking.** \`tmon_probe --check NAME\` and \`tmon_collector --check NAME\` read the file, name everything that is wrong
  at once, by line, and else print the effective settings and their hash. Unknown elements and attributes are refused.
- **Changing.** A new file \`tmon-new.xml\` beside it (or the one named with \`-n\`) is checked as soon as it appears. The
  programs switch to it at its \`startAt\`, without one at once. SIGHUP has a program read its file again. An invalid file never replaces a running one.
- **Units.** Durations are seconds or bear one of \`ms s min h d\`. Sizes are bytes or bear one of
  \`kB MB GB TB KiB MiB GiB TiB\`. Rates are bits per second or bear one of \`kbit Mbit Gbit\`.
- **Paths** that are relative start at the folder the program was started in.
- **Secrets** are never in this file: keys are files of their own, named here.
- **Services** have their names and ports in \`services.tsv\`, searched beside the file, then beside its folder \`xml\`.
- Entities other than XML's own five, and declarations inside the document type, are refused.

`;
