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
  readonly title: string;
  readonly intro?: string;
  /** True: begins on a page of its own. */
  readonly newPage?: boolean;
  readonly blocks: readonly Block[];
}

export type Block = Sentences | Notice | FigureRow | Table | StackedBars | LineChart | Matrix;

/** A list of full sentences. */
export interface Sentences {
  readonly kind: "sentences";
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
}

export type Cell = string | bigint | number | null;

/** What a row or a series stands for: a thing of its own, or what is not listed one by one. */
export type Role = "item" | "others" | "below" | "total";

export interface TableRow {
  readonly role: Role;
  readonly cells: readonly Cell[];
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

export interface StackedBars {
  readonly kind: "stacked-bars";
  readonly name: string;
  readonly title: string;
  /** Less high than others, and left out where the page has no room for it: a picture beside what words say. */
  readonly aside?: boolean;
  readonly time: TimeAxis;
  /** Bottom first. `bytes`: one per stretch; null: nothing was measured then, which is not the same as 0. */
  readonly series: readonly {
    readonly label: string;
    readonly role: Role;
    readonly bytes: readonly (bigint | null)[];
  }[];
  readonly note?: string;
  readonly whyEmpty: string;
}

export interface LineChart {
  readonly kind: "line-chart";
  readonly name: string;
  readonly title: string;
  readonly time: TimeAxis;
  /** null leaves a gap. */
  readonly series: readonly {
    readonly label: string;
    readonly style: "strong" | "faint" | "dashed";
    readonly bytes: readonly (bigint | null)[];
  }[];
  readonly note?: string;
  readonly whyEmpty: string;
}

/** Volumes from the thing of a row to the thing of a column. */
export interface Matrix {
  readonly kind: "matrix";
  readonly name: string;
  readonly title: string;
  /** Rows and columns bear the same names in the same order. */
  readonly names: readonly { readonly label: string; readonly role: Role }[];
  /** Shape: [names][names], bytes from row to column. */
  readonly bytes: readonly (readonly bigint[])[];
  readonly note?: string;
  readonly whyEmpty: string;
}
