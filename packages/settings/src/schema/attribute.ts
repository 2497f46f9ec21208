import type { Services } from "../services.ts";

/** What reading an attribute may need besides its text. */
export interface ReadingContext {
  readonly services: Services;
}

/** An attribute's text that its kind does not take. `because`: what exactly, where the text alone does not show it. */
export class Refused {
  readonly because: string | null;

  constructor(because: string | null = null) {
    this.because = because;
  }
}

/** What an attribute may hold, and how its text is read. */
export interface AttributeKind<T> {
  /** Completes "allowed: ...": form, unit and range. */
  readonly allowed: string;
  /** The words of a closed choice, for the DTD. */
  readonly words?: readonly string[];
  /** `text` has no white space at its ends. */
  read(text: string, context: ReadingContext): T | Refused;
}

/** One attribute of an element. `T` is what the program gets. */
export interface Attribute<T> {
  readonly kind: AttributeKind<unknown>;
  /** What it does and when to change it: whole sentences. */
  readonly meaning: string;
  readonly required: boolean;
  /** Text taken when the attribute is absent; null: there is none. */
  readonly default: string | null;
  /** What absence means where there is no default text. */
  readonly absent: string | null;
  /** Never present: carries the type. */
  readonly value?: T;
}

export function required<T>(kind: AttributeKind<T>, meaning: string): Attribute<T> {
  return { kind, meaning, required: true, default: null, absent: null };
}

export function withDefault<T>(kind: AttributeKind<T>, text: string, meaning: string): Attribute<T> {
  return { kind, meaning, required: false, default: text, absent: null };
}

/** `absent`: what absence means, one sentence. The program gets null. */
export function optional<T>(kind: AttributeKind<T>, meaning: string, absent: string): Attribute<T | null> {
  return { kind, meaning, required: false, default: null, absent };
}

export type Attributes = Readonly<Record<string, Attribute<unknown>>>;

export type ValuesOf<A extends Attributes> = { readonly [K in keyof A]: A[K] extends Attribute<infer T> ? T : never };
