export { type CaptureHandle, loadNativeBinding, type NativeBinding } from "./capture/native-binding.ts";
export { MemorySink } from "./send/memory-sink.ts";
export { ProbeTransport, type ProbeTransportOptions } from "./send/probe-transport.ts";
