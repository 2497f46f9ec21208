/** One piece of traffic of a scenario. */
export interface TrafficSource {
  /**
   * Schedules what it does in a cycle.
   * @param atNs beginning of the cycle, nanoseconds after the start of the run
   * @param cycle from 0
   */
  begin(atNs: number, cycle: number): void;
}
