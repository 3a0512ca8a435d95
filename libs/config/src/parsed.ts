/** A value read from what an operator wrote, or the remedy: what to write instead. */
export type Parsed<T> = { readonly value: T } | { readonly remedy: string };
