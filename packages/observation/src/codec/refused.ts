/** A value that no record may carry. The record is not written; nothing of it is sent. */
export class RefusedValueError extends Error {
  override readonly name = "RefusedValueError";
}

/** Bytes from outside that are not what they claim to be. The only kind of error that reading them throws. */
export class MalformedError extends Error {
  override readonly name: string = "MalformedError";
}

/** Bytes that end before what they announce. */
export class TruncatedError extends MalformedError {
  override readonly name = "TruncatedError";
}
