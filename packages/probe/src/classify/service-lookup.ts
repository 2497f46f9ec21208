export interface Service {
  /** Name the operator knows it by. */
  readonly name: string;
  /** Which of the two ports is the service's. */
  readonly port: number;
}

/**
 * The service two ports stand for, by the precedence of etc/; null when neither is known.
 * `protocol`: IP protocol number. The order of the ports does not matter.
 */
export type ServiceLookup = (protocol: number, onePort: number, otherPort: number) => Service | null;
