import { observationTypes } from "./catalogue.ts";
import { encoderOf } from "./codec/encoder.ts";
import { layoutOf, logNameOf } from "./codec/layout.ts";
import type { Column } from "./column.ts";
import { sampleRecord, samples } from "./fixtures/sample-record.ts";
import { formatLine, LINE_COLUMNS, logHeader } from "./line/format-line.ts";
import type { ObservationType } from "./observation-type.ts";

/** What is produced from the declarations: the reference documentation and the golden files. */

const types: readonly ObservationType[] = Object.values(observationTypes);

const kindMeanings: Readonly<Record<Column["kind"], string>> = {
  count: "integer, 0 .. 2^53-1",
  signed: "integer, -2^53 .. 2^53-1",
  wide: "integer, 0 .. 2^128-1",
  second: "nanoseconds since the epoch, UTC, a whole second",
  instant: "nanoseconds since the epoch, UTC",
  duration: "nanoseconds, 0 .. 2^53-1; longer than these 104 days is written as that",
  offset: "nanoseconds, may be negative",
  address: "IPv4 or IPv6 address in the form of RFC 5952",
  text: "UTF-8, at most 4096 bytes before escaping",
  symbol: "one of the names given",
  bool: "0 or 1",
  histogram: "`bucket:count,bucket:count`, buckets rising; empty when nothing was counted",
  tally: "`name:count,name:count`, names sorted; `%`, `,` and `:` in a name as `%25`, `%2c`, `%3a`",
};

const head = `# Observations

Produced from the declarations in \`packages/observation/src/types\` by \`npm run golden\`; edit those, not this.

Every record belongs to an observation type. A *counter* is a delta over an interval: any number of records may exist
for one key and interval, and consumers add them. An *item* is one record per happening. An *identity* record says what
an id of a probe run stands for; it comes before the first record that uses the id.

A log file holds records of one type, one a line, fields separated by tabs; its first line names the columns. Every line
begins with \`${LINE_COLUMNS.join("`, `")}\`: the probe's name, its run (16 hexadecimal digits, new at each start) and
the record's number within run and type, from 1, so that every line can be told from every other. Null is \`\\N\`. In
texts, tab, newline, carriage return, NUL and backslash stand as \`\\t\`, \`\\n\`, \`\\r\`, \`\\0\` and \`\\\\\`, as MySQL's
LOAD DATA reads them; bytes of packets that are not UTF-8 stand as \`\\x\` and two digits, before that escaping.

| kind | in a log line |
|---|---|
`;

/** The text of docs/observations.md. */
export function referenceText(): string {
  const kinds = Object.entries(kindMeanings).map(([kind, meaning]) => `| ${kind} | ${meaning} |\n`);
  const overview = types.map(
    (type) => `| [\`${type.name}\`](#${type.name}) | ${type.code} | ${type.family} | ${type.title} |\n`,
  );
  return [
    head,
    ...kinds,
    "\nBuckets of log-linear histograms: a value below 64 is its own bucket; above, each power of two has 32 buckets, so\n",
    "that the middle of a bucket is within 1.6 % of every value in it (`packages/observation/src/histogram.ts`).\n",
    "\n| type | code | family | |\n|---|---|---|---|\n",
    ...overview,
    ...types.map(typeText),
  ].join("");
}

function typeText(type: ObservationType): string {
  const notLogged = type.logged ? "" : " Only between probe and collector: never in a log file.";
  const rows = type.columns.map((column) => {
    const nullable = column.nullable === true ? " or null" : "";
    const names = column.symbols === undefined ? "" : `: ${column.symbols.map((name) => `\`${name}\``).join(", ")}`;
    return `| \`${logNameOf(column)}\` | ${column.kind}${nullable} | ${column.meaning}${names} |\n`;
  });
  return `\n## ${type.name}\n\n${type.title}. ${type.meaning}${notLogged}\n\n| column | kind | meaning |\n|---|---|---|\n${rows.join("")}`;
}

/** Log lines of the sample records, type after type. */
export function goldenLines(): string {
  return types
    .filter((type) => type.logged)
    .flatMap((type) => [
      logHeader(type),
      ...samples.map((sample, i) => formatLine(type)(sampleRecord(type, sample), "probe1", "00c0ffee00c0ffee", i + 1)),
      "",
    ])
    .join("\n");
}

/** Bodies of the sample records in hexadecimal: a changed byte here is a changed protocol. */
export function goldenBodies(): string {
  const lines = types.map((type) => {
    const encoder = encoderOf(type);
    const into = Buffer.alloc(65_536);
    let end = 0;
    const parts = samples.map((sample) => {
      const start = end;
      end = encoder.encode(sampleRecord(type, sample), into, start);
      return `  ${sample} ${into.toString("hex", start, end)}`;
    });
    return [`${type.name} code ${type.code} bitmap ${layoutOf(type).bitmapBytes}`, ...parts].join("\n");
  });
  return `${lines.join("\n")}\n`;
}
