export { carriedProbes } from "./carried-probes.ts";
export {
  collectorNamed,
  parseConfiguration,
  probeNamed,
  readConfiguration,
  SettingsInvalid,
} from "./configuration.ts";
export { ConfigurationWatch, type ConfigurationWatchOptions } from "./configuration-watch.ts";
export { describeEffective } from "./describe-effective.ts";
export { type DiagSettings, DiagWatch, logsOfParts, parseDiag, readDiagFile } from "./diag-file.ts";
export { type ConfigurationFiles, type FileOptions, findConfigurationFiles } from "./find-configuration-files.ts";
export { readKeyFile } from "./key-file.ts";
export type * from "./model/alert-settings.ts";
export type * from "./model/collector-settings.ts";
export type * from "./model/configuration.ts";
export type * from "./model/flow-class-settings.ts";
export type * from "./model/measurements.ts";
export type * from "./model/objective-settings.ts";
export type * from "./model/probe-settings.ts";
export type * from "./model/request-settings.ts";
export { type Fault, faultText } from "./read/fault.ts";
export { type AlertDimension, type AlertScope, alertMetrics } from "./schema/alert-metrics.ts";
export { type ObjectiveMetricMeaning, objectiveMetrics } from "./schema/objective-metrics.ts";
export {
  findServicesFile,
  parseServices,
  readServices,
  type ServiceEntry,
  Services,
  SHIPPED_SERVICES,
} from "./services.ts";
