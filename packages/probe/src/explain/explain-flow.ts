import { EXIT, type ExitCode } from "@trafmon/runtime";
import { type Configuration, parseConfiguration, probeNamed, type Services } from "@trafmon/settings";
import type { AnalysisSettings } from "../analysis/analysis.ts";
import { copyPlan } from "../capture/copy-plan.ts";
import { FileCapture } from "../capture/file-capture.ts";
import { replayFiles } from "../capture/replay-files.ts";
import { probeError } from "../errors.ts";
import { ExplanationLines } from "./explanation-lines.ts";
import { ExplanationText } from "./explanation-text.ts";
import { endpointText, parseFlow } from "./flow-text.ts";
import { SegmentTrace } from "./segment-trace.ts";

/** What holds where no configuration is given: every default, and nothing else. */
const DEFAULTS = `<trafMon site="explain">
  <collectors><collector name="none" listen="127.0.0.1:7601" logDir="/nonexistent"/></collectors>
  <probes><probe name="explain"><interface name="file"/><sendTo collector="none"/></probe></probes>
  <flowClasses><flowClass name="explained" account="yes"><match><any/></match>
    <partition addresses="host" protocol="yes" ports="yes" twoWay="yes"/><ipCounters/><tcpConnections/>
  </flowClass></flowClasses>
</trafMon>`;

export interface ExplainOptions {
  readonly flow: string;
  /** FILE or INTERFACE=FILE. */
  readonly files: readonly string[];
  readonly json: boolean;
  readonly services: Services;
  /** Whose time-outs, interfaces and limits hold; null: the defaults do. */
  readonly given: { readonly configuration: Configuration; readonly probeName: string } | null;
  readonly write: (text: string) => void;
}

/**
 * Lists the packets of a connection in capture files with what the analysis made of each and why, and its records.
 * @throws {CodedError} BAD_OPTION, PROBE_CAPTURE_FILE_UNREADABLE, PROBE_FLOW_UNSEEN
 */
export async function explainFlow(options: ExplainOptions): Promise<ExitCode> {
  const { given, services, write } = options;
  const flow = parseFlow(options.flow);
  const configuration = given?.configuration ?? parseConfiguration(DEFAULTS, "defaults", services);
  const probe = probeNamed(configuration, given?.probeName ?? "explain");
  const interfaces =
    probe.interfaces.length > 0 ? probe.interfaces : [{ name: "file", tapGroup: "file", detectsDuplicates: true }];
  const settings: AnalysisSettings = { probe, flowClasses: configuration.flowClasses, interfaces };
  const files = replayFiles(
    options.files,
    interfaces.map(({ name }) => name),
  );
  const form = options.json ? new ExplanationLines(flow) : new ExplanationText(flow, files.length > 1);
  const capture = new FileCapture(files);
  let segments = 0;
  const trace = new SegmentTrace({
    flow,
    settings,
    copies: copyPlan(interfaces, probe.duplicateWindowMs),
    serviceOf: (protocol, one, other) => {
      const entry = services.serviceOf(protocol, one, other);
      return entry === null ? null : { name: entry.service, port: entry.port };
    },
    onSegment: (segment) => {
      if (segments++ === 0) write(form.head);
      write(form.segment(segment));
    },
    onRecord: (record) => write(form.record(record)),
  });
  await trace.run(capture);
  if (segments === 0) {
    const { left, right } = flow;
    throw probeError(
      "PROBE_FLOW_UNSEEN",
      `cannot explain ${endpointText(left)}-${endpointText(right)}: no packet of it is in ${options.files.join(", ")}`,
    );
  }
  return capture.faults.length > 0 ? EXIT.DATA_REJECTED : EXIT.DONE;
}
