/** What came of the requests that count. */
export class Tally {
  requests = 0;
  hits = 0;
  requestedBytes = 0;
  hitBytes = 0;
  /** Bytes written to disk. */
  writtenBytes = 0;

  /** Begins anew: what was so far was only to fill the cache. */
  reset(): void {
    this.requests = 0;
    this.hits = 0;
    this.requestedBytes = 0;
    this.hitBytes = 0;
    this.writtenBytes = 0;
  }

  /** Share of the requested bytes that were there. */
  get byteHitRatio(): number {
    return share(this.hitBytes, this.requestedBytes);
  }

  /** Share of the requests whose object was there. */
  get requestHitRatio(): number {
    return share(this.hits, this.requests);
  }

  /** Bytes written to disk for each byte requested. */
  get writeRatio(): number {
    return share(this.writtenBytes, this.requestedBytes);
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
