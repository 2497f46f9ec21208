// Lets a bench of this folder measure what `npm run build` made instead of the sources, whose imported constants cost a
// quarter more (docs/decisions/0020): `node --import tsx --import ./packages/probe/bench/built.mjs packages/probe/bench/analysis.ts ...`
import { register } from "node:module";

const hooks = `
  export function resolve(specifier, context, next) {
    const source = /^\\.\\.\\/src\\/(.*)\\.ts$/.exec(specifier);
    return next(source === null ? specifier : "../dist/" + source[1] + ".js", context);
  }
`;

register(`data:text/javascript,${encodeURIComponent(hooks)}`);
