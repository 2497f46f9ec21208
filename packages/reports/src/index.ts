export { reportsErrors } from "./errors.ts";
