/** What a socket of ours may be told. */
export interface SocketOptions {
  /** Address in numbers to send from; the system chooses one by default. */
  readonly localAddress?: string | undefined;
  /** 0: the system chooses. */
  readonly localPort?: number | undefined;
  /** Whole ToS byte, DSCP and ECN. Needs the addon when it is not 0: Node has no way to set it. */
  readonly tos?: number | undefined;
}

export type AddressFamily = 4 | 6;

/** Of an address in numbers. */
export function familyOf(address: string): AddressFamily {
  return address.includes(":") ? 6 : 4;
}
