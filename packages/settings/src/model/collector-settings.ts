import type { HealthPlace } from "@trafmon/runtime";
import type { AlertCommandSettings, AlertSettings, TrapTargetSettings } from "./alert-settings.ts";
import type { Security, SendToSettings } from "./probe-settings.ts";

export interface CollectorSettings {
  readonly name: string;
  readonly listenAddress: string;
  /** 0: any free port, written to the log; only sensible in tests. */
  readonly listenPort: number;
  readonly logDir: string;
  /** Journal, pending files and the collector's own state. */
  readonly stateDir: string;
  readonly logIntervalS: number;
  readonly commitIntervalMs: number;
  readonly security: Security;
  readonly receiveBufferBytes: number;
  readonly alerts: readonly AlertSettings[];
  /** Programs run at every alert. */
  readonly alertCommands: readonly AlertCommandSettings[];
  /** SNMP managers told of every alert. */
  readonly trapTargets: readonly TrapTargetSettings[];
  /** Where it tells how it is; null: nowhere. */
  readonly health: HealthPlace | null;
  /** Sightings of packets that wait for those of other hops, at most. */
  readonly maxSightings: number;
  /** The collector that gets everything this one takes; null: none. */
  readonly forwardTo: ForwardToSettings | null;
  /** Collectors that were forwarded to before, and get what still waits for them. */
  readonly drainTo: readonly DrainToSettings[];
}

/** How what waits for another collector is sent there. */
export interface DrainToSettings extends SendToSettings {
  /** Of the key shared by the two collectors. */
  readonly keyFile: string;
}

/** How a collector forwards to another. */
export interface ForwardToSettings extends DrainToSettings {
  readonly spoolBytes: number;
}
