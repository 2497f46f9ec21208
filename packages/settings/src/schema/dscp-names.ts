/** Names of differentiated services code points: RFC 2474 (cs), RFC 2597 (af), RFC 3246 (ef), RFC 5865, RFC 8622. */
const NAMES: ReadonlyMap<string, number> = new Map([
  ["default", 0],
  ["le", 1],
  ["ef", 46],
  ["va", 44],
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((n): [string, number] => [`cs${n}`, n << 3]),
  ...[1, 2, 3, 4].flatMap((queue) =>
    [1, 2, 3].map((drop): [string, number] => [`af${queue}${drop}`, (queue << 3) | (drop << 1)]),
  ),
]);

export function dscpByName(name: string): number | undefined {
  return NAMES.get(name.toLowerCase());
}
