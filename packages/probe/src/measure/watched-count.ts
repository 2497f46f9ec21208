/** Something whose growing count is worth an event. */
export interface WatchedCount {
  /** Name of the happening, fixed for ever. */
  readonly code: string;
  readonly text: string;
  /** Absent: it is trouble, "warning". */
  readonly severity?: "info";
  /** The counts so far, by the name they have in the event's parameters. */
  readonly counts: () => { readonly [name: string]: number };
}
