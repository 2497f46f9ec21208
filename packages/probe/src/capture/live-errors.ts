import type { CodedError } from "@trafmon/runtime";
import { type ProbeErrorCode, probeError } from "../errors.ts";

const codes: Readonly<Record<string, ProbeErrorCode>> = {
  NO_SUCH_DEVICE: "PROBE_INTERFACE_UNKNOWN",
  FORBIDDEN: "PROBE_CAPTURE_FORBIDDEN",
  DOWN: "PROBE_INTERFACE_DOWN",
  BAD_FILTER: "PROBE_FILTER_INVALID",
};

/** What the operator is told when an interface cannot be opened; `error` is libpcap's, with or without a code. */
export function liveError(interfaceName: string, error: unknown): CodedError {
  const { code, message } = error as NodeJS.ErrnoException;
  const known = codes[code ?? ""] ?? guess(String(message));
  return probeError(known, `cannot capture on ${interfaceName}: ${message}`, error);
}

/** The pcap package throws libpcap's text alone. */
function guess(message: string): ProbeErrorCode {
  if (/permission|not permitted/i.test(message)) return "PROBE_CAPTURE_FORBIDDEN";
  if (/no such device|doesn't exist/i.test(message)) return "PROBE_INTERFACE_UNKNOWN";
  if (/is not up/i.test(message)) return "PROBE_INTERFACE_DOWN";
  if (/syntax error|filter/i.test(message)) return "PROBE_FILTER_INVALID";
  return "PROBE_CAPTURE_FAILED";
}
