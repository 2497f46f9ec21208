import type { ColumnLayout, RecordLayout } from "./layout.ts";

/**
 * The text of code that reads a record, for the functions compiled from the declarations (see encoder.ts for why). A
 * column's value stands in `c_<name>`, an instant's nanoseconds in `n_<name>`, what the next record refers to in `p_...`.
 * Plain byte reads may run past the end while within a record and give 0 there; that shows at the record's end at the
 * latest, before anything of the record is given out.
 */

/** What does not stand here is as in the record before. */
export function readBitmap({ bitmapBytes, maskBytes }: RecordLayout): string {
  if (maskBytes === 0) return "m0 = b[at++] | 0;";
  const bitmap = Array.from({ length: bitmapBytes }, (_, i) => i);
  const masks = Array.from({ length: maskBytes }, (_, i) => `const d${i} = b[at++] | 0;`);
  const bytes = bitmap.map((i) => `if ((d${i >> 3} & ${1 << (i & 7)}) !== 0) m${i} = b[at++] | 0;`);
  return [...masks, ...bytes].join("\n");
}

const emptyText = (isLines: boolean) => (isLines ? "noText" : '""');

export function declareBefore(each: ColumnLayout, isLines: boolean): string {
  const { name, kind } = each.column;
  if (each.chained) return `let p_${name}_s = 0, p_${name}_n = 0;`;
  if (kind === "second") return `let p_${name} = 0;`;
  return each.follows ? `let p_${name} = ${kind === "text" ? emptyText(isLines) : "0"};` : "";
}

/** Only for a record that was read whole. */
export function remember(each: ColumnLayout): string {
  const { name, kind } = each.column;
  if (each.chained) return `if (c_${name} !== null) { p_${name}_s = c_${name}; p_${name}_n = n_${name}; }`;
  return kind === "second" || each.follows ? `p_${name} = c_${name};` : "";
}

const isSet = (bit: number) => `(m${bit >> 3} & ${1 << (bit & 7)}) !== 0`;

/** `isLines`: texts are wanted as the bytes of a line. */
export function readColumn(each: ColumnLayout, isLines: boolean): string {
  const { name, kind } = each.column;
  const value = `c_${name}`;
  const otherwise = (empty: string, read: string) =>
    `let ${value} = ${each.nullable ? "null" : empty}; if (${isSet(each.bit)}) { ${read} }`;
  /** Through the bounds-checked reader. */
  const byReader = (call: string) => `rd.at = at; ${value} = ${call}; at = rd.at;`;
  switch (kind) {
    case "count":
      if (each.sameAs !== null) return otherwise(`c_${each.sameAs}`, byReader(`getFollowing(rd, c_${each.sameAs})`));
      if (each.follows) return otherwise(`p_${name}`, byReader(`getFollowing(rd, p_${name})`));
      return otherwise("0", `${value} = b[at] | 0; if (${value} < 128) at++; else { ${byReader("rd.count()")} }`);
    case "signed":
    case "offset":
      return otherwise("0", byReader("rd.signed()"));
    case "duration":
      return otherwise(each.sameAs === null ? "0" : `c_${each.sameAs}`, byReader("rd.duration()"));
    case "wide":
      return otherwise("0n", byReader("rd.wide()"));
    case "second":
      return `${otherwise(`p_${name}`, byReader(`getSecond(rd, p_${name})`))} rs = ${value}; rn = 0;`;
    case "instant": {
      const read = byReader(`getInstant(rd, ${isSet(each.secondBit)}, rs, rn)`);
      const follow = `rs = ${value}; rn = n_${name};`;
      return each.nullable
        ? `let n_${name} = null; ${otherwise("", `${read} n_${name} = nanosOfInstant(); ${follow}`)}`
        : `let n_${name} = rn; ${otherwise("rs", `${read} n_${name} = nanosOfInstant();`)} ${follow}`;
    }
    case "address": {
      const read = `rd.at = at; ${value} = rd.take(${isSet(each.bit)} ? 16 : 4); at = rd.at;`;
      return `let ${value} = null; ${each.nullable ? `if (${isSet(each.secondBit)}) { ${read} }` : read}`;
    }
    case "text":
      return otherwise(
        each.follows ? `p_${name}` : emptyText(isLines),
        byReader(isLines ? "texts.readEscaped(rd)" : "texts.read(rd)"),
      );
    case "symbol":
      return otherwise(`y_${name}[0]`, byReader(`getSymbol(rd, y_${name})`));
    case "bool":
      return `const ${value} = ${each.nullable ? `${isSet(each.secondBit)} ? ${isSet(each.bit)} : null` : isSet(each.bit)};`;
    case "histogram":
      return otherwise("[]", byReader("getHistogram(rd)"));
    case "tally":
      return otherwise("new Map()", byReader("getTally(rd, texts)"));
  }
}
