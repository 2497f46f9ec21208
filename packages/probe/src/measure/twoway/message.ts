/** What a message is to the exchange it belongs to, as bits: an NTP peer's packet is both. */
export const NO_MESSAGE = 0;
export const REQUEST = 1;
export const REPLY = 2;

/**
 * What a decoder says of one message. One object is used again, so whoever keeps something copies it.
 *
 * `id1` and `id2` are what ties requests and replies of the same client and server; `content1` and `content2` are what
 * must be equal too, but may be missing in a reply. Text is made only when somebody asks for details.
 */
export class Message {
  /** NO_MESSAGE: these bytes are no message of the protocol, or not enough of one was captured. */
  role = NO_MESSAGE;
  id1 = 0;
  id2 = 0;
  /** The request that a message with both roles answers. */
  answered1 = 0;
  answered2 = 0;
  content1 = 0;
  content2 = 0;
  /** Not so in a reply that leaves out what it answers. */
  hasContent = true;
  /** Nothing tells a request from the one before: what comes after an answer is another one. */
  isUnnumbered = false;
  /** It came over TCP, each byte once: what follows an answer is more of it, no copy. */
  isInOrder = false;
  /** Loop turns that decoding took: tests hold it against the length. */
  steps = 0;
  identifier = "";
  name: string | null = null;
  operation: string | null = null;
  object: string | null = null;
  /** Query of an HTTP request, with its question mark. */
  query = "";
  status: string | null = null;
  version: string | null = null;
  answers: string | null = null;

  reset(): void {
    this.role = NO_MESSAGE;
    this.id1 = this.id2 = 0;
    this.answered1 = this.answered2 = 0;
    this.content1 = this.content2 = 0;
    this.hasContent = true;
    this.isUnnumbered = false;
    this.isInOrder = false;
    this.steps = 0;
    this.identifier = this.query = "";
    this.name = this.operation = this.object = this.status = this.version = this.answers = null;
  }
}

/**
 * Reads one message from `bytes[from..until)` into a message that was reset. Never throws, and reads nothing else; its
 * work is bounded by the length, whatever the bytes are. `roles`: what the ports allow it to be.
 */
export type Decoder = (
  bytes: Uint8Array,
  from: number,
  until: number,
  wantsText: boolean,
  message: Message,
  roles: number,
) => void;
