import { goldenBodies, goldenLines, referenceText } from "./reference.ts";

/** Files of this repository that are produced from the declarations, by path from the package. */
export const producedFiles: Readonly<Record<string, () => string>> = {
  "../../docs/observations.md": referenceText,
  "golden/log-lines.txt": goldenLines,
  "golden/bodies.txt": goldenBodies,
};
