import type { SignatureSettings } from "@trafmon/settings";
import { type Message, REPLY, REQUEST } from "./message.ts";
import { PayloadSignature } from "./payload-signature.ts";

/** A service of the site's own: tells its requests and replies by signatures. */
export class ServiceMessages {
  readonly settings: SignatureSettings;
  /** Bytes of payload it wants to see. */
  readonly mostBytes: number;
  /** Requests and replies are tied by bytes of theirs; else by order. */
  readonly correlates: boolean;
  readonly #request: PayloadSignature;
  readonly #reply: PayloadSignature;

  constructor(settings: SignatureSettings) {
    this.settings = settings;
    this.#request = new PayloadSignature(settings.request);
    this.#reply = new PayloadSignature(settings.reply);
    this.mostBytes = Math.max(this.#request.mostBytes, this.#reply.mostBytes);
    this.correlates = this.#request.correlates;
  }

  /** Reads payload as a request, if `roles` allows one and it is, else as a reply. */
  read(bytes: Uint8Array, from: number, until: number, wantsText: boolean, message: Message, roles: number): void {
    for (const role of [REQUEST, REPLY]) {
      const signature = role === REQUEST ? this.#request : this.#reply;
      if ((roles & role) === 0 || message.role !== 0) continue;
      if (signature.matches(bytes, from, until)) this.#take(role, signature, bytes, wantsText, message);
      message.steps += signature.steps;
    }
  }

  #take(
    role: number,
    { correlationFrom, correlationUntil }: PayloadSignature,
    bytes: Uint8Array,
    wantsText: boolean,
    message: Message,
  ): void {
    message.role = role;
    message.isUnnumbered = !this.correlates;
    let id1 = 0x811c9dc5;
    let id2 = correlationUntil - correlationFrom;
    for (let at = correlationFrom; at < correlationUntil; at++) {
      id1 = Math.imul(id1 ^ bytes[at]!, 0x01000193);
      id2 = Math.imul((id2 << 5) ^ (id2 >>> 27) ^ bytes[at]!, 0x9e3779b1);
    }
    message.id1 = id1;
    message.id2 = id2;
    if (!wantsText) return;
    message.operation = this.settings.name;
    message.identifier = Buffer.from(bytes.subarray(correlationFrom, correlationUntil)).toString("hex");
  }
}
