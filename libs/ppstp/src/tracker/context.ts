/**
 * Who HTTP proved the requester to be: the user of Digest credentials, or the subject of a client certificate (RFC 7846
 * sections 4 and 6.1). A bearer token (OAuth 2.0) would be one more way.
 */
export interface Principal {
  readonly name: string;
  readonly via: 'digest' | 'certificate';
}

/** What the tracker is told of a request beside its message. */
export interface RequestContext {
  /** Microseconds of a clock that does not go back. */
  readonly now: number;
  /** The address that the request came from. */
  readonly from: { readonly ip: string; readonly port: number };
  /** Undefined if nothing was proved. */
  readonly principal?: Principal | undefined;
}
