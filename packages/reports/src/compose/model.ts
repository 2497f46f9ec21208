/**
 * A report as people read it: sections of sentences, tables and charts. It knows neither where the figures come from
 * nor on what they are drawn.
 */

export interface ReportModel {
  readonly title: string;
  /** The period in words, with its time zone. */
  readonly subtitle: string;
  readonly site: string;
  /** Title block: what was asked, of which data, how complete these are. */
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
  /** When it was made, in words with the time zone; stands in every footer. */
  readonly generated: string;
}

export interface Fact {
  readonly label: string;
  readonly text: string;
  /** Drawn so that nobody reads past it. */
  readonly warning?: boolean;
}

export interface Section {
  /** What links within the report lead to; none: nothing leads here but the contents. */
  readonly id?: string;
  readonly title: string;
  readonly intro?: string;
  /** Stands under the last section of level 1, which is what sections are without this. */
  readonly level?: 2;
  /** True: begins on a page of its own. */
  readonly newPage?: boolean;
  readonly blocks: readonly Block[];
}

export type Block = Sentences | Notice | FigureRow | Table | Chart;

export type Chart = StackedBars | LineChart | Bands | HeatMap | Distribution | Matrix;

/** A list of full sentences. */
export interface Sentences {
  readonly kind: "sentences";
  /** For who looks something up, smaller than what is told. */
  readonly fine?: boolean;
  readonly items: readonly string[];
}

/** A boxed remark: why there is nothing to see, what to mind. */
export interface Notice {
  readonly kind: "notice";
  readonly warning?: boolean;
  readonly text: string;
}

/** A row of key figures. */
export interface FigureRow {
  readonly kind: "figures";
  readonly items: readonly Figure[];
}

export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
}

/**
 * What a column holds, and so how it is written and on which side it stands:
 *
 * | kind     | value                                          | PDF         | CSV             |
 * |----------|------------------------------------------------|-------------|-----------------|
 * | text     | string                                         | as it is    | as it is        |
 * | volume   | bytes (bigint)                                 | 1.23 GB     | the integer     |
 * | count    | a number of things (bigint)                    | 1,234,567   | the integer     |
 * | share    | part of a whole, 0..1                          | bar, 12.3 % | 0.1234567       |
 * | percent  | part of a whole, 0..1                          | 12.3 %      | 0.1234567       |
 * | change   | relative change, 0.1 is a tenth more           | +10.0 %     | 0.1             |
 * | rate     | bits per second                                | 1.2 Mb/s    | the number      |
 * | duration | nanoseconds                                    | 12.3 ms     | the number      |
 *
 * null is "not known" or "does not apply": a dash in the PDF, nothing in the CSV.
 */
export type ColumnKind = "text" | "volume" | "count" | "share" | "percent" | "change" | "rate" | "duration";

export interface TableColumn {
  readonly label: string;
  readonly kind: ColumnKind;
  /** Heading in the CSV: snake_case, with the unit. */
  readonly csv: string;
  /** Only in the CSV. */
  readonly csvOnly?: boolean;
  /** Of text: more lines than this are cut short; without it, three. */
  readonly mostLines?: number;
}

export type Cell = string | bigint | number | null;

/** What a row or a series stands for: a thing of its own, or what is not listed one by one. */
export type Role = "item" | "others" | "below" | "total";

export interface TableRow {
  readonly role: Role;
  readonly cells: readonly Cell[];
  /** `id` of the section with more about it: its first cell leads there. */
  readonly to?: string;
  /** Only in the CSV. */
  readonly csvOnly?: boolean;
}

export interface Table {
  readonly kind: "table";
  /** Name of the CSV file, without ending. */
  readonly name: string;
  readonly title: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  readonly note?: string;
  /** Shown in place of a table without rows. */
  readonly whyEmpty: string;
}

/** Consecutive stretches of time, all of one kind. */
export interface TimeAxis {
  /** For minutes, a stretch may be several. */
  readonly unit: "minute" | "hour" | "day" | "month";
  readonly zone: string;
  /** Short label under the axis, one per stretch; drawing leaves some out where room is short. */
  readonly labels: readonly string[];
  /** Full label, as the CSV has it. */
  readonly names: readonly string[];
}

/** What the values of a chart are, and so in which unit its axis and its CSV are. As `ColumnKind` where names agree. */
export type Quantity = "volume" | "count" | "percent" | "rate" | "duration";

/** Integers beyond 2^53 are bigint. null: nothing was measured, which is not the same as 0. */
export type Value = bigint | number | null;

interface ChartFrame {
  /** Name of the CSV file, without ending. */
  readonly name: string;
  readonly title: string;
  readonly note?: string;
  /** Shown in place of a chart without values. */
  readonly whyEmpty: string;
}

export interface StackedBars extends ChartFrame {
  readonly kind: "stacked-bars";
  /** Less high than others, and left out where the page has no room for it: a picture beside what words say. */
  readonly aside?: boolean;
  readonly time: TimeAxis;
  readonly quantity: Quantity;
  /** Bottom first. `values`: one per stretch. */
  readonly series: readonly { readonly label: string; readonly role: Role; readonly values: readonly Value[] }[];
}

export interface LineChart extends ChartFrame {
  readonly kind: "line-chart";
  readonly time: TimeAxis;
  readonly quantity: Quantity;
  /** `plain`: one of several equals, told apart by colour. null leaves a gap. */
  readonly series: readonly {
    readonly label: string;
    readonly style: "strong" | "faint" | "dashed" | "plain";
    readonly values: readonly Value[];
  }[];
}

/** How something is spread, stretch by stretch: a band from the lesser to the greater, and a line between. */
export interface Bands extends ChartFrame {
  readonly kind: "bands";
  readonly time: TimeAxis;
  readonly quantity: Quantity;
  readonly low: BandEdge;
  readonly middle: BandEdge;
  readonly high: BandEdge;
  /** A line of its own above the band, where there is one. */
  readonly most?: BandEdge;
}

export interface BandEdge {
  readonly label: string;
  readonly values: readonly Value[];
}

/** Values by two things, as colour. */
export interface HeatMap extends ChartFrame {
  readonly kind: "heat-map";
  readonly quantity: Quantity;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Full names of the columns, as the CSV has them; none: as they are. */
  readonly columnNames?: readonly string[];
  /** What a cell without a value is; none: not measured. */
  readonly gapLabel?: string;
  /** What rows and columns are, as the CSV heads them. */
  readonly rowHeading: string;
  readonly columnHeading: string;
  /** Shape: [rows][columns]. */
  readonly values: readonly (readonly Value[])[];
}

/** How often which values came, as bars, and as the share of what was no greater. */
export interface Distribution extends ChartFrame {
  readonly kind: "distribution";
  readonly quantity: Quantity;
  /** What is counted: "samples", "packets". */
  readonly counted: string;
  /** Rising, `from` included, `until` not; `until` null: unbounded. There may be gaps between. */
  readonly bins: readonly { readonly from: number; readonly until: number | null; readonly count: bigint }[];
  /** Values to mark: "p95" at 12 ms. */
  readonly marks: readonly { readonly label: string; readonly value: number }[];
  /** Values on the axis by their powers of ten. */
  readonly logarithmic: boolean;
}

/** Volumes from the thing of a row to the thing of a column. */
export interface Matrix extends ChartFrame {
  readonly kind: "matrix";
  /** Rows and columns bear the same names in the same order. */
  readonly names: readonly { readonly label: string; readonly role: Role }[];
  /** Shape: [names][names], bytes from row to column. */
  readonly bytes: readonly (readonly bigint[])[];
}
