import { register } from "node:module";

register("./instrumenting-loader.mjs", import.meta.url);
