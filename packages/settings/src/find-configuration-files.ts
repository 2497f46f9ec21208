import { existsSync } from "node:fs";
import { join } from "node:path";
import { ETC_DIRECTORY } from "@trafmon/runtime";

/** What the command line says about configuration files. */
export interface FileOptions {
  /** `tmon_probe`, `tmon_collector`: names the local .diag file. */
  readonly program: string;
  /** Name of the probe or collector: names the installed .diag file. */
  readonly name: string;
  /** Name of the configuration file, without .xml. Default: tmon. */
  readonly fileName?: string;
  /** -l */
  readonly local: boolean;
  /** -c */
  readonly config?: string | undefined;
  /** -n */
  readonly next?: string | undefined;
  /** Default: /etc/trafMon. */
  readonly etcDirectory?: string;
  readonly exists?: (path: string) => boolean;
}

export interface ConfigurationFiles {
  readonly xml: string;
  /** The new file to watch, which need not exist yet; null: none is watched. */
  readonly next: string | null;
  /** Log levels; null: there is no such file. */
  readonly diag: string | null;
}

/**
 * Where a program's configuration is, by the rules of its usage text:
 *
 * | given      | xml          | new file watched            |
 * |------------|--------------|-----------------------------|
 * | nothing    | etc xml/tmon.xml | etc xml/tmon-new.xml    |
 * | -l         | ./tmon.xml   | ./tmon-new.xml              |
 * | -c X       | X            | none                        |
 * | -n N       | as without   | N                           |
 *
 * The .diag file is ./<program>.diag with -l if it exists, else diag/<name>.diag of etc, if that exists.
 */
export function findConfigurationFiles(options: FileOptions): ConfigurationFiles {
  const etc = options.etcDirectory ?? ETC_DIRECTORY;
  const exists = options.exists ?? existsSync;
  const file = options.fileName ?? "tmon";
  const folder = options.local ? "." : join(etc, "xml");
  const localDiag = `./${options.program}.diag`;
  const etcDiag = join(etc, "diag", `${options.name}.diag`);
  const diag = options.local && exists(localDiag) ? localDiag : exists(etcDiag) ? etcDiag : null;
  return {
    xml: options.config ?? `${folder}/${file}.xml`,
    next: options.next ?? (options.config === undefined ? `${folder}/${file}-new.xml` : null),
    diag,
  };
}
