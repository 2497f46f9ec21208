import type {
  ObservationName,
  ObservationSink,
  ObservationType,
  observationTypes,
  RecordOf,
  RecordWriter,
} from "@trafmon/observation";

type RecordNamed<N extends ObservationName> = RecordOf<(typeof observationTypes)[N]>;

/** A sink that keeps copies of all it is given, in order, for tests to look at. */
export class KeptObservations implements ObservationSink {
  readonly all: { readonly type: string; readonly record: Record<string, unknown> }[] = [];
  /** The instant of the last `advance`, seconds. */
  advancedToS = -1;
  /** Of what was captured from then on not everything was written, as `advance` said last. */
  heldS: number | undefined;

  writerOf<T extends ObservationType>(type: T): RecordWriter<T> {
    return {
      write: (record) => {
        this.all.push({ type: type.name, record: structuredClone(record) as Record<string, unknown> });
      },
    };
  }

  advance(s: number, _nanos: number, heldS?: number): void {
    this.advancedToS = s;
    this.heldS = heldS;
  }

  of<N extends ObservationName>(name: N): RecordNamed<N>[] {
    return this.all.filter(({ type }) => type === name).map(({ record }) => record as unknown as RecordNamed<N>);
  }

  /** Sum of one column over all records of a type. */
  sum<N extends ObservationName>(name: N, column: keyof RecordNamed<N> & string): number {
    return this.all.reduce((sum, { type, record }) => sum + (type === name ? Number(record[column]) : 0), 0);
  }
}
