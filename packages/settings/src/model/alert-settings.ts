/** What an alert can watch (schema/alert-metrics.ts). */
export type AlertMetric =
  | "bitRate"
  | "packetRate"
  | "retransmitted"
  | "unanswered"
  | "delay"
  | "silence"
  | "lag"
  | "dropped"
  | "unwritable"
  | "refused"
  | "diskFree";

/** A threshold with hysteresis. Levels are in the metric's own unit: bit/s, 1/s, s, percent, bytes. */
export interface AlertSettings {
  readonly name: string;
  readonly metric: AlertMetric;
  /** Raised above the level; else below it. */
  readonly isAbove: boolean;
  readonly level: number;
  /** Cleared at or beyond it, on the other side. */
  readonly clear: number;
  readonly forMs: number;
  readonly severity: "info" | "warning" | "error";
}

export interface AlertCommandSettings {
  /** Full path and arguments. */
  readonly program: readonly string[];
  readonly timeLimitMs: number;
  readonly user: string;
}

export interface TrapTargetSettings {
  /** An address or a host name. */
  readonly address: string;
  readonly port: number;
  readonly version: "2c" | "3";
  readonly credentialsFile: string;
}
