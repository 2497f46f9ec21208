export * from "./packet-record.ts";
