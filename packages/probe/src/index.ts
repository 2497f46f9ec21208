export { MemorySink } from "./send/memory-sink.ts";
export { ProbeTransport, type ProbeTransportOptions } from "./send/probe-transport.ts";
