export { netflowError, netflowErrors } from "./errors.ts";
