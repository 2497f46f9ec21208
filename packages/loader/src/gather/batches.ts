import type { LogFile } from "./log-folder.ts";

/** Bytes of log lines after which a batch is closed: a transaction's size, and what a crash makes us do again. */
const BATCH_BYTES = 128 * 1024 * 1024;

/**
 * Divides files into batches. Identity files come in the first ones, since others refer to them; the rest stays in the
 * order given.
 */
export function batchesOf(files: readonly LogFile[], batchBytes = BATCH_BYTES): LogFile[][] {
  const batches: LogFile[][] = [];
  let open: LogFile[] = [];
  let bytes = 0;
  const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  for (const file of [...files.filter((each) => each.isIdentity), ...files.filter((each) => !each.isIdentity)]) {
    // Others are not read while descriptions are merged, so these stand alone where there is more than one batch anyway.
    const isFirstOther = !file.isIdentity && open.at(-1)?.isIdentity === true;
    if (open.length > 0 && (bytes + file.sizeBytes > batchBytes || (isFirstOther && totalBytes > batchBytes))) {
      batches.push(open);
      open = [];
      bytes = 0;
    }
    // An hour of NetFlow replaces what an earlier file told of it, so two must not meet in one batch.
    if (file.type === "netflow") {
      batches.push([file]);
      continue;
    }
    open.push(file);
    bytes += file.sizeBytes;
  }
  if (open.length > 0) batches.push(open);
  return batches;
}
