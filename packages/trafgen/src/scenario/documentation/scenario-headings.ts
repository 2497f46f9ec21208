/** What stands above the elements in etc/xml/trafgen.dtd. */
export const DOCUMENT_TYPE_ABOUT = `  Scenarios of trafgen: what may stand in them, what it means, and what its absence means.
  Written from the schema of packages/trafgen; docs/scenarios.md says the same as a manual, and
  docs/traffic-generators.md shows how to go about it.

  xmllint with its options noout and valid checks a file against this description. The option check of trafgen checks
  it as the program does, with ranges and names, and prints what would be sent.

  Durations are seconds, or bear a unit: ns us ms s min h d. Sizes are bytes, or bear a unit: kB MB GB KiB MiB GiB.
  Rates are packets per second (pps kpps Mpps), or bits of IP per second (bit kbit Mbit Gbit).`;

/** What stands above the elements in docs/scenarios.md. */
export const MANUAL_HEADING = `# Scenarios

What \`trafgen\` sends is a scenario: an XML file, by default \`/etc/trafMon/xml/<tgenName>.xml\`. This page names everything
that may stand in one. It is written from the schema in \`packages/trafgen\`; \`etc/xml/trafgen.dtd\` says the same to editors
and to \`xmllint --noout --valid FILE\`. [traffic-generators.md](traffic-generators.md) shows what to do with them, and the
scenarios shipped beside the DTD are made to be copied.

- **Checking.** \`trafgen --check NAME\` reads the file, names everything that is wrong at once, by line, and else prints what
  would be sent. \`--dry-run\` also works out every packet and prints the figures.
- **Two sides.** All traffic is between a side that begins (\`from\`, the client) and another (\`to\`, the server). What the first
  sends goes forward (\`fwd\` in ledgers), what the second sends goes back (\`rev\`).
- **Time** within a scenario counts from the beginning of the cycle, to the nanosecond.
- **Sizes** of packets are IP bytes, headers included.
- **Chance** comes from \`seed\` alone: the same scenario gives the same capture files, byte for byte. Each piece of traffic
  has its own, so adding one changes nothing in the others.
- **Units.** Durations are seconds or bear one of \`ns us ms s min h d\`; sizes are bytes or bear one of
  \`kB MB GB KiB MiB GiB\`; rates are packets per second (\`pps kpps Mpps\`) or bits of IP per second
  (\`bit kbit Mbit Gbit\`).

`;
