/**
 * Names of log files: `<type>_<collector>_<epoch>_<serial>.log`, with `.part` after it while the file still grows.
 * `epoch` is the collector's start, 16 hexadecimal digits; `serial` counts its rotations from 1, so that the files of
 * one rotation share it, and is padded so that names sort in order of writing.
 */
export interface LogFileName {
  readonly type: string;
  readonly collector: string;
  readonly epoch: string;
  readonly serial: number;
  /** Still growing: nobody but its writer touches it. */
  readonly isPart: boolean;
}

export function formatLogFileName(name: LogFileName): string {
  const serial = String(name.serial).padStart(6, "0");
  return `${name.type}_${name.collector}_${name.epoch}_${serial}.log${name.isPart ? ".part" : ""}`;
}

/** Null for a file that is not ours. The collector's own name may hold underscores. */
export function parseLogFileName(fileName: string): LogFileName | null {
  const match = /^([a-z]+)_(.+)_([0-9a-f]{16})_(\d{6,15})\.log(\.part)?$/.exec(fileName);
  if (match === null) return null;
  const [, type, collector, epoch, serial, part] = match;
  return {
    type: type!,
    collector: collector!,
    epoch: epoch!,
    serial: Number(serial),
    isPart: part !== undefined,
  };
}
