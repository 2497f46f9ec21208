export type { Pool, ResultSetHeader, RowDataPacket } from "mysql2/promise";
export { type LoadResult, type LoadTarget, loadLines } from "./bulk-load.ts";
export { callRoutine, type RoutineOptions, type RoutineResult, type RoutineWarning } from "./call-routine.ts";
export { type Connection, type ConnectOptions, connect } from "./connect.ts";
export {
  type Credentials,
  DEFAULT_DATABASE,
  isDatabaseName,
  parseCredentials,
  readCredentials,
} from "./credentials.ts";
export { databaseError, databaseErrors } from "./errors.ts";
export { migrate } from "./migrations.ts";
export { NamedLock } from "./named-lock.ts";
export { splitScript } from "./script-splitter.ts";
export { errorNumber, serverError } from "./server-error.ts";
export {
  createInstance,
  hasOtherViews,
  installTemplate,
  lacksTables,
  registeredInstances,
  runScript,
  SQL_DIRECTORY,
  TEMPLATE_DATABASE,
  templateScript,
} from "./template.ts";
