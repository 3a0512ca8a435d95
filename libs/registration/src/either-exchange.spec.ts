import type { Exchange, Exchanged } from './client/http-exchange';
import { EitherExchange } from './either-exchange';

const { signal } = new AbortController();

/** A way that leads somewhere, or nowhere. */
class WayThere implements Exchange {
  exchanged: Exchanged = { ok: true, status: 200, text: '' };
  taken = 0;
  closed = false;

  post(): Promise<Exchanged> {
    this.taken++;
    return Promise.resolve(this.exchanged);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function both() {
  const bound = new WayThere();
  const free = new WayThere();
  const exchange = new EitherExchange(bound, free);
  return { bound, free, exchange, taken: () => [bound.taken, free.taken] };
}

describe('two ways to a tracker', () => {
  it('are not changed while the first leads there', async () => {
    const { exchange, taken } = both();
    await exchange.post('', signal);
    await exchange.post('', signal);
    expect(taken()).toEqual([2, 0]);
  });

  it.each(['unreachable', 'timeout'] as const)('are changed when the one is %s, and back', async (fault) => {
    const { bound, free, exchange, taken } = both();
    bound.exchanged = { ok: false, fault, reason: '' };
    expect(await exchange.post('', signal)).toMatchObject({ ok: false });
    expect(await exchange.post('', signal)).toMatchObject({ ok: true });
    free.exchanged = bound.exchanged;
    await exchange.post('', signal);
    await exchange.post('', signal);
    expect(taken()).toEqual([2, 2]);
  });

  it('are not changed for what the other would meet as well, or for the other family', async () => {
    const { bound, exchange, taken } = both();
    bound.exchanged = { ok: false, fault: 'certificate', reason: '' };
    await exchange.post('', signal);
    bound.exchanged = { ok: false, fault: 'unreachable', reason: '' };
    await exchange.post('', signal, { family: 6 });
    expect(taken()).toEqual([2, 0]);
    await exchange.post('', signal);
    // What is to come from an address of ours comes from there.
    await exchange.post('', signal, { family: 6 });
    await exchange.post('', signal);
    expect(taken()).toEqual([4, 1]);
  });

  it('end together', async () => {
    const { bound, free, exchange } = both();
    await exchange.close();
    expect([bound.closed, free.closed]).toEqual([true, true]);
  });
});
