import { CacheError } from '@weir/ppspp';

/** One value that cannot be used. `key` says where it stands, `value` is what was written, null if nothing was. */
export interface InvalidValue {
  readonly key: string;
  readonly value: string | null;
  readonly remedy: string;
}

/** `REQUEST_INVALID`: values in path, query or body cannot be used; `members` names each of them. */
export class RequestError extends CacheError<'REQUEST_INVALID'> {
  constructor(
    message: string,
    readonly members: { readonly errors: readonly InvalidValue[] },
  ) {
    super('REQUEST_INVALID', message);
  }
}
