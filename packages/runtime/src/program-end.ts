/** Thrown where a program has done all it was asked for before its work began: help or version was printed. */
export class ProgramEnd extends Error {
  override readonly name = "ProgramEnd";
}
