export { loaderErrors } from "./errors.ts";
export { LogFolder } from "./gather/log-folder.ts";
export { Loader, type LoaderOptions, type PassResult } from "./loader.ts";
