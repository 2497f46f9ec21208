export { Command, InvalidArgumentError, Option } from "commander";
export type { Logger } from "pino";
export { type Clock, type Instant, instantOf, sleep, systemClock } from "./clock.ts";
export { CodedError, type CodedErrorOptions, type ErrorEntry, errorsOf } from "./coded-error.ts";
export { type Component, runComponents } from "./component.ts";
export { Counter, Counters, ReasonCounter } from "./counters.ts";
export { badOption, defineProgram, type ParsedCommandLine, readCommandLine, wholeNumber } from "./define-program.ts";
export { DESCRIBE_WORD, type ProgramDescription } from "./describe-program.ts";
export { ETC_DIRECTORY, etcDirectory } from "./etc-directory.ts";
export { EXIT, type ExitCode } from "./exit-codes.ts";
export { FakeClock } from "./fake-clock.ts";
export { type HealthPlace, type HealthReport, HealthServer, type HealthSource } from "./health-server.ts";
export { createLog, type LogLevel, type LogOptions, type ProgramLog } from "./log.ts";
export {
  type CounterMeaning,
  counterMetrics,
  type Metric,
  type MetricSample,
  metricsText,
  processMetrics,
} from "./metric.ts";
export { type Look, type LookLimits, look, userNumbers } from "./outside-program.ts";
export { ProcessLock } from "./process-lock.ts";
export { Progress, type ProgressOptions } from "./progress.ts";
export { RepeatedTrouble } from "./repeated-trouble.ts";
export { reportError } from "./report-error.ts";
export { type ProgramLife, runProgram } from "./run-program.ts";
export { ServiceManager, type ServiceState } from "./service-manager.ts";
export { VERSION } from "./version.ts";
