export { addressText, parseAddress } from "@trafmon/address";
export { blankRecord } from "./blank-record.ts";
export { type ObservationName, observationTypes, typeByCode } from "./catalogue.ts";
export { decoderOf, type RecordDecoder } from "./codec/decoder.ts";
export { encoderOf, type RecordEncoder } from "./codec/encoder.ts";
export { fieldsOf } from "./codec/layout.ts";
export { type FlowIdVisitor, type LineDecoder, lineDecoderOf } from "./codec/line-decoder.ts";
export { MalformedError, RefusedValueError, TruncatedError } from "./codec/refused.ts";
export type { Column, ColumnKind } from "./column.ts";
export { bucketLowerNs, bucketOf } from "./histogram.ts";
export { type CheckLine, checkLine } from "./line/check-line.ts";
export { escapeText, textOfBytes, unescapeText } from "./line/escape-text.ts";
export { type FormatLine, formatLine, linePrefix, logColumns, logHeader } from "./line/format-line.ts";
export type { LineFault, LineFaultReason } from "./line/line-fault.ts";
export { formatLogFileName, type LogFileName, parseLogFileName } from "./line/log-file-name.ts";
export { type ParsedLine, type ParseLine, parseLine } from "./line/parse-line.ts";
export type { ObservationType, RecordOf } from "./observation-type.ts";
export {
  type Acknowledgement,
  readAcknowledgement,
  WINDOW_PDUS,
  writeAcknowledgement,
} from "./pdu/acknowledgement.ts";
export {
  DATA_HEAD_BYTES,
  type DataPdu,
  MAX_BODY_BYTES,
  MAX_RECORDS,
  putDataHead,
  readDataPdu,
  specialPdus,
  writeDataPdu,
} from "./pdu/data-pdu.ts";
export {
  type DatagramHeader,
  HEADER_BYTES,
  kindName,
  kinds,
  NO_EPOCH,
  OLDEST_VERSION,
  OVERHEAD_BYTES,
  openDatagram,
  PROTOCOL_VERSION,
  readHeader,
  type SealKey,
  sealDatagram,
} from "./pdu/datagram.ts";
export { type DefinitionRequest, readDefinitionRequest, writeDefinitionRequest } from "./pdu/definition-request.ts";
export { type DroppedPdu, gapEntriesIn, readGapBody, UNKNOWN_PDU, writeGapBody } from "./pdu/gap-notice.ts";
export {
  COOKIE_BYTES,
  CookieJar,
  type Hello,
  readChallenge,
  readEchoClear,
  readEchoSealed,
  readHello,
  writeChallenge,
  writeEchoClear,
  writeEchoSealed,
  writeHello,
} from "./pdu/handshake.ts";
export { REPLAY_WINDOW_COUNTERS, ReplayWindow } from "./pdu/replay-window.ts";
export { type SessionIdentity, type SessionKeys, sessionKeys } from "./pdu/session-keys.ts";
export type { ObservationSink, RecordWriter } from "./sink.ts";
