/** A value as the MaxMind DB format has them; integers are written as uint32. */
export type MmdbValue = string | number | boolean | readonly MmdbValue[] | { readonly [name: string]: MmdbValue };

export interface MmdbRecord {
  /** Address as a number: 32 bits for IPv4, 128 for IPv6. */
  readonly address: bigint;
  readonly family: 4 | 6;
  /** Bits of the prefix, in its own family. */
  readonly prefixLength: number;
  readonly value: { readonly [name: string]: MmdbValue };
}

const DATA_SEPARATOR = 16;
const METADATA_MARKER = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from("MaxMind.com")]);

type Node = [child: Node | number | null, child: Node | number | null];

/**
 * Writes a MaxMind DB file (format 2.0, maxmind.github.io/MaxMind-DB): a binary tree over the address bits, the values,
 * and the metadata. Records of 32 bits, tree of IPv6 with IPv4 below ::/96. For tests only: prefixes must not overlap.
 */
export function mmdbFile(databaseType: string, records: readonly MmdbRecord[]): Buffer {
  const values: Buffer[] = [];
  let valuesLength = 0;
  const root: Node = [null, null];
  for (const record of records) {
    insert(root, record, valuesLength);
    const encoded = encode(record.value);
    values.push(encoded);
    valuesLength += encoded.length;
  }
  const nodes = numbered(root);
  const tree = Buffer.alloc(nodes.size * 8);
  for (const [node, number] of nodes) {
    node.forEach((child, side) => {
      const record =
        child === null
          ? nodes.size
          : typeof child === "number"
            ? nodes.size + DATA_SEPARATOR + child
            : nodes.get(child)!;
      tree.writeUInt32BE(record, number * 8 + side * 4);
    });
  }
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: databaseType,
    description: { en: "made for a test" },
    ip_version: 6,
    languages: ["en"],
    node_count: nodes.size,
    record_size: 32,
  });
  return Buffer.concat([tree, Buffer.alloc(DATA_SEPARATOR), ...values, METADATA_MARKER, metadata]);
}

function insert(root: Node, record: MmdbRecord, offset: number): void {
  const depth = record.prefixLength + (record.family === 4 ? 96 : 0);
  if (depth === 0) throw new Error("cannot give the whole tree one value");
  let node = root;
  for (let at = 0; at < depth; at++) {
    const side = Number((record.address >> BigInt(127 - at)) & 1n) as 0 | 1;
    if (at === depth - 1) {
      node[side] = offset;
      return;
    }
    const child = node[side];
    if (typeof child === "number") throw new Error(`cannot nest a prefix of ${record.prefixLength} bits in another`);
    node = node[side] = child ?? [null, null];
  }
}

/** Nodes in the order in which they are written, the root first. */
function numbered(root: Node): Map<Node, number> {
  const numbers = new Map<Node, number>([[root, 0]]);
  // A Map is walked in the order of insertion, so nodes added on the way are visited too.
  for (const node of numbers.keys()) {
    for (const child of node) if (Array.isArray(child)) numbers.set(child, numbers.size);
  }
  return numbers;
}

function encode(value: MmdbValue): Buffer {
  if (typeof value === "string") {
    const bytes = Buffer.from(value);
    return Buffer.concat([control(2, bytes.length), bytes]);
  }
  if (typeof value === "boolean") return control(14, value ? 1 : 0);
  if (typeof value === "number")
    return Number.isInteger(value) && value >= 0 ? encodeWhole(value) : encodeDouble(value);
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  const pairs = Object.entries(value);
  return Buffer.concat([control(7, pairs.length), ...pairs.flatMap(([name, each]) => [encode(name), encode(each)])]);
}

function encodeWhole(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return Buffer.concat([control(6, 4), bytes]);
}

function encodeDouble(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return Buffer.concat([control(3, 8), bytes]);
}

/** Control byte, the extended type where there is one, and the length. */
function control(type: number, length: number): Buffer {
  const extended = type > 7;
  const [inByte, more] = length < 29 ? [length, []] : length < 285 ? [29, [length - 29]] : [30, twoBytes(length - 285)];
  return Buffer.from([((extended ? 0 : type) << 5) | inByte, ...(extended ? [type - 7] : []), ...more]);
}

function twoBytes(value: number): number[] {
  return [value >> 8, value & 0xff];
}
