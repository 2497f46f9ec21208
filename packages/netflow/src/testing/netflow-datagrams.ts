const u16 = (n: number) => [(n >> 8) & 255, n & 255];
const u32 = (n: number) => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];

/** NetFlow version 9 (RFC 3954): a template and its records, of flows 1000 ms after the exporter's start to 2500 ms. */
export function version9(
  bootS: number,
  fields: readonly (readonly [type: number, length: number])[],
  records: readonly number[][],
) {
  const template = [0, 0, ...u16(8 + fields.length * 4), ...u16(300), ...u16(fields.length)];
  for (const [type, length] of fields) template.push(...u16(type), ...u16(length));
  const body = records.flat();
  const padding = (4 - (body.length % 4)) % 4;
  const data = [...u16(300), ...u16(4 + body.length + padding), ...body, ...Array<number>(padding).fill(0)];
  const header = [...u16(9), ...u16(1 + records.length), ...u32(5000), ...u32(bootS + 5), ...u32(1), ...u32(7)];
  return Uint8Array.from([...header, ...template, ...data]);
}

/** One IPv6 flow. */
export function sixDatagram(bootS: number): Uint8Array {
  const address = (last: number) => [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), last];
  return version9(
    bootS,
    [
      [27, 16],
      [28, 16],
      [7, 2],
      [11, 2],
      [4, 1],
      [2, 4],
      [1, 4],
      [22, 4],
      [21, 4],
    ],
    [
      [
        ...address(1),
        ...address(2),
        ...u16(50000),
        ...u16(443),
        17,
        ...u32(7),
        ...u32(700),
        ...u32(1000),
        ...u32(2500),
      ],
    ],
  );
}

/** Flows with counters of both ways (OUT_PKTS, OUT_BYTES), of one way, of none. */
export function biflowDatagram(bootS: number): Uint8Array {
  const record = (port: number, flags: number, ...counts: number[]) => [
    ...[10, 0, 0, 1, 10, 0, 0, 2, ...u16(port), ...u16(80), 6, flags],
    ...counts.flatMap(u32),
    ...u32(1000),
    ...u32(2500),
  ];
  return version9(
    bootS,
    [
      [8, 4],
      [12, 4],
      [7, 2],
      [11, 2],
      [4, 1],
      [6, 1],
      [2, 4],
      [1, 4],
      [24, 4],
      [23, 4],
      [22, 4],
      [21, 4],
    ],
    [record(1000, 0xff, 10, 1000, 5, 500), record(1001, 0x42, 3, 300, 0, 0), record(1002, 0, 0, 0, 0, 0)],
  );
}

/** IPFIX (RFC 7011): a flow that ended 1500 ms before it began. */
export function turnedDatagram(endS: number): Uint8Array {
  const fields = [
    [8, 4],
    [12, 4],
    [7, 2],
    [11, 2],
    [4, 1],
    [2, 4],
    [1, 4],
    [152, 8],
    [153, 8],
  ] as const;
  const u64 = (n: number) => [...u32(Math.floor(n / 2 ** 32)), ...u32(n % 2 ** 32)];
  const body = [
    ...[10, 0, 0, 1, 10, 0, 0, 2, ...u16(1003), ...u16(80), 17, ...u32(7), ...u32(700)],
    ...u64(endS * 1000 + 1500),
    ...u64(endS * 1000),
  ];
  const template = [
    ...u16(2),
    ...u16(8 + fields.length * 4),
    ...u16(301),
    ...u16(fields.length),
    ...fields.flat().flatMap(u16),
  ];
  const sets = [...template, ...u16(301), ...u16(4 + body.length), ...body];
  return Uint8Array.from([...u16(10), ...u16(16 + sets.length), ...u32(endS + 5), ...u32(1), ...u32(99), ...sets]);
}
