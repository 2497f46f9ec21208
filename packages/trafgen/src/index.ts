export { type BenchCapture, writeBenchCapture } from "./craft/bench-capture.ts";
export { type Conversation, conversation } from "./craft/conversation.ts";
export { Random } from "./craft/random.ts";
