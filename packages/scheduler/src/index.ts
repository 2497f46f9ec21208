export { type CronJob, type CronTable, readCronTable } from "./read/cron-table.ts";
