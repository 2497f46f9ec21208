// What the demo measured, in a few tables.
import { ask } from "./demo-query.mjs";

const TOP = 8;

/** A report covers ten years at most; captures of many origins may lie further apart. */
const LONGEST_SPAN_DAYS = 3652;

/**
 * First and last day to report on; null when nothing was measured. Where the captures lie too far apart for one report
 * it is the year with the most bytes, and `isAll` is false.
 */
export function daysToReport(socket, probe) {
  const spans = ask(
    socket,
    `SELECT DATE(MIN(bucket_start)), DATE(MAX(bucket_start)), DATEDIFF(MAX(bucket_start), MIN(bucket_start))
       FROM activityvolumetable_1d WHERE probe = '${probe}'
      UNION ALL
     (SELECT DATE(MIN(bucket_start)), DATE(MAX(bucket_start)), 0
        FROM activityvolumetable_1d WHERE probe = '${probe}' GROUP BY YEAR(bucket_start) ORDER BY SUM(fwd_bytes + rev_bytes) DESC LIMIT 1)`,
  );
  const [all, busiestYear] = spans;
  if (all[0] === "NULL") return null;
  const isAll = Number(all[2]) < LONGEST_SPAN_DAYS;
  const [first, last] = isAll ? all : busiestYear;
  return { first, last, isAll };
}

export function printSummary(socket, probe) {
  const talker = (side) => `COALESCE(${side}_host_name, INET6_NTOA(${side}_address))`;
  table(
    "Top talkers",
    ["from", "to", "service", "packets", "bytes"],
    ask(
      socket,
      `SELECT ${talker("src")}, ${talker("dst")}, service, SUM(fwd_packets + rev_packets), SUM(fwd_bytes + rev_bytes) AS bytes
         FROM activityvolumetable_1d WHERE probe = '${probe}' GROUP BY 1, 2, service ORDER BY bytes DESC LIMIT ${TOP}`,
    ),
  );
  table(
    "Services",
    ["service", "packets", "bytes", "share %"],
    ask(
      socket,
      `SELECT service, SUM(fwd_packets + rev_packets), SUM(fwd_bytes + rev_bytes) AS bytes,
              ROUND(100 * SUM(fwd_bytes + rev_bytes) / SUM(SUM(fwd_bytes + rev_bytes)) OVER (), 1)
         FROM activityvolumetable_1d WHERE probe = '${probe}' GROUP BY service ORDER BY bytes DESC LIMIT ${TOP}`,
    ),
  );
  table(
    "TCP quality",
    ["service", "opened", "refused", "reset", "retransmitted %", "out of order", "mean RTT ms"],
    ask(
      socket,
      `SELECT service, SUM(connections_opened), SUM(connections_refused), SUM(connections_reset),
              ROUND(100 * SUM(fwd_retransmitted_segments + rev_retransmitted_segments)
                    / NULLIF(SUM(fwd_tcp_packets + rev_tcp_packets), 0), 2),
              SUM(fwd_out_of_order_segments + rev_out_of_order_segments),
              ROUND(SUM(fwd_rtt_sum_ns + rev_rtt_sum_ns) / NULLIF(SUM(fwd_rtt_samples + rev_rtt_samples), 0) / 1e6, 3)
         FROM activityvolumetable_1d WHERE probe = '${probe}' AND protocol = 6
        GROUP BY service ORDER BY SUM(fwd_tcp_packets + rev_tcp_packets) DESC LIMIT ${TOP}`,
    ),
  );
  table(
    "Completeness",
    ["probe", "interface", "frames", "IP packets", "not IP", "undecodable", "dropped", "captured %"],
    ask(
      socket,
      `SELECT name, interface, SUM(packets), SUM(ip_packets), SUM(non_ip), SUM(undecodable),
              SUM(kernel_dropped + card_dropped + queue_dropped),
              ROUND(100 * SUM(packets) / (SUM(packets) + SUM(kernel_dropped + card_dropped + queue_dropped)), 4)
         FROM capsttable_1d JOIN probe USING (probe_no) GROUP BY name, interface`,
    ),
  );
}

/** Text to the left, numbers to the right. */
function table(title, heads, rows) {
  console.log(`\n${title}`);
  if (rows.length === 0) {
    console.log("  nothing of the kind was seen");
    return;
  }
  const cells = rows.map((row) => row.map((cell) => (cell === "NULL" ? "-" : cell)));
  const isNumber = heads.map((_, i) => cells.every((row) => /^-$|^-?[\d.]+$/.test(row[i])));
  const widths = heads.map((head, i) => Math.max(head.length, ...cells.map((row) => row[i].length)));
  const line = (row) =>
    `  ${row.map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join("  ")}`.trimEnd();
  console.log(line(heads));
  for (const row of cells) console.log(line(row));
}
