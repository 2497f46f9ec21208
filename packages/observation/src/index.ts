export { type ObservationName, observationTypes, typeByCode } from "./catalogue.ts";
export type { Column, ColumnKind } from "./column.ts";
export { bucketLowerNs, bucketOf } from "./histogram.ts";
export type { ObservationType, RecordOf } from "./observation-type.ts";
export type { ObservationSink, RecordWriter } from "./sink.ts";
