import type { Counters } from "./counters.ts";

/** One number of a metric, told from the others by its labels. */
export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A figure for a monitoring system, named as Prometheus wants it: `trafmon_<program>_<what>_<base unit>[_total]`. */
export interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge";
  /** One sentence. */
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

/**
 * The text that Prometheus scrapes, exposition format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Metrics without samples are left out.
 */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const head = `# HELP ${name} ${escaped(help, /[\\\n]/g)}\n# TYPE ${name} ${type}\n`;
      return head + samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${valueText(value)}\n`).join("");
    })
    .join("");
}

/** What a counter of ours means. `label`: what its reasons, or the ends of its names, are called. */
export interface CounterMeaning {
  readonly help: string;
  readonly label?: string;
  /** In place of the counter's own name. */
  readonly as?: string;
}

/**
 * The counters of a program as metrics `<prefix><name>_total`. A name that ends with `_` stands for all that begin so,
 * and a name with a label for the reasons of its counter.
 */
export function counterMetrics(
  prefix: string,
  meanings: Readonly<Record<string, CounterMeaning>>,
  counters: Counters,
): Metric[] {
  const counts = [...counters.snapshot()];
  return Object.entries(meanings).map(([name, { help, label, as }]) => {
    const metric = { name: `${prefix}${as ?? name.replace(/_$/, "")}_total`, type: "counter" as const, help };
    if (label === undefined) return { ...metric, samples: [{ value: counters.counter(name).value }] };
    const [begin, end] = name.endsWith("_") ? [name, ""] : [`${name}{`, "}"];
    const samples = counts
      .filter(([key]) => key.startsWith(begin) && key.endsWith(end))
      .map(([key, value]) => ({ labels: { [label]: key.slice(begin.length, key.length - end.length) }, value }));
    return { ...metric, samples };
  });
}

/** What is worth knowing of any process of ours. The names are those of Prometheus' own client libraries. */
export function processMetrics(version: string): Metric[] {
  const { user, system } = process.cpuUsage();
  return [
    {
      name: "trafmon_build_info",
      type: "gauge",
      help: "Always 1; the label tells the version.",
      samples: [{ labels: { version }, value: 1 }],
    },
    {
      name: "process_start_time_seconds",
      type: "gauge",
      help: "When the process was started, since the epoch.",
      samples: [{ value: Math.round(performance.timeOrigin) / 1000 }],
    },
    {
      name: "process_cpu_seconds_total",
      type: "counter",
      help: "Processor time used.",
      samples: [{ value: (user + system) / 1e6 }],
    },
    {
      name: "process_resident_memory_bytes",
      type: "gauge",
      help: "Memory in use.",
      samples: [{ value: process.memoryUsage.rss() }],
    },
  ];
}

function labelsText(labels: MetricSample["labels"]): string {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${escaped(value, /["\\\n]/g)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(text: string, special: RegExp): string {
  return text.replace(special, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}

function valueText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : "-Inf";
}
