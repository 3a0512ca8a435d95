/** Base of every error we throw. `code` is stable and documented; `message` is for people. */
export abstract class CacheError<Code extends string = string> extends Error {
  constructor(
    readonly code: Code,
    message: string,
    /** What an operator needs; never secrets, never raw network bytes. */
    readonly details: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A mistake of ours, never caught below `main`: no remote byte can cause it. */
export class InvariantError extends CacheError<'INVARIANT_VIOLATED'> {}

/** States what must hold whatever a peer sends; anything else is a fault value instead. */
export function invariant(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new InvariantError('INVARIANT_VIOLATED', claim);
}
