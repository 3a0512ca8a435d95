import type { Exchange, Exchanged, Way } from './client/http-exchange';

/**
 * Goes one way until it leads nowhere, then the other, and so on. The first comes from the addresses that we announce, so
 * that the tracker sees that they are ours; but where such an address has no route to the tracker, to be registered from
 * another is better than not to be. What is to come from a family goes the first way: it says little of the other.
 */
export class EitherExchange implements Exchange {
  private going: Exchange;

  constructor(
    private readonly first: Exchange,
    private readonly second: Exchange,
  ) {
    this.going = first;
  }

  async post(body: string, signal: AbortSignal, way?: Way): Promise<Exchanged> {
    const went = way?.family === undefined ? this.going : this.first;
    const exchanged = await went.post(body, signal, way);
    const isLost = !exchanged.ok && (exchanged.fault === 'unreachable' || exchanged.fault === 'timeout');
    if (isLost && way?.family === undefined) this.going = went === this.first ? this.second : this.first;
    return exchanged;
  }

  async close(): Promise<void> {
    await Promise.all([this.first.close(), this.second.close()]);
  }
}
