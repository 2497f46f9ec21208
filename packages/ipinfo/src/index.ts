export { ipinfoErrors } from "./errors.ts";
