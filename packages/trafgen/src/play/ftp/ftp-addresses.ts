/** How FTP writes the ends of data connections: RFC 959 section 4.1.2, RFC 2428. */

export interface DataEnd {
  readonly address: string;
  readonly port: number;
}

/** Of reply 227: six numbers, wherever they stand in the text (RFC 1123 section 4.1.2.6). null when there are none. */
export function readPassiveReply(text: string): DataEnd | null {
  const numbers = /(?:^|[^\d.,-])(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})(?![\d,])/
    .exec(text)
    ?.slice(1)
    .map(Number);
  if (numbers === undefined || numbers.some((number) => number > 255)) return null;
  const port = numbers[4]! * 256 + numbers[5]!;
  return port === 0 ? null : { address: numbers.slice(0, 4).join("."), port };
}

/** Port of reply 229: `(|||6446|)`, with any delimiter. null when there is none. */
export function readExtendedPassiveReply(text: string): number | null {
  const port = Number(/\(([\x21-\x7e])\1\1(\d{1,5})\1\)/.exec(text)?.[2] ?? Number.NaN);
  return port >= 1 && port <= 65535 ? port : null;
}

/** Argument of PORT. */
export function portArgument({ address, port }: DataEnd): string {
  return [...address.split("."), port >> 8, port & 0xff].join(",");
}

/** Argument of EPRT. */
export function extendedPortArgument({ address, port }: DataEnd): string {
  return `|${address.includes(":") ? 2 : 1}|${address}|${port}|`;
}
