import { far, near, Scene, sociable, v4, content } from '../exchange/exchange.testing';
import type { Candidate } from './effects';
import { TestEndpoint } from './endpoint.testing';
import { Interceptor, outside } from './interception.testing';

const { metadata } = content;
const { swarmId } = metadata;

/** Whoever has host number 66, wherever. */
const standing = ({ address }: Candidate) => (address.ip.endsWith('.66') ? 'forbidden' : 'far');

/** How often somebody was named who is never called. */
function refused({ endpoint }: TestEndpoint): number | undefined {
  return endpoint.counters.refusedPeers.get('forbidden');
}

describe('a peer that is forbidden is never called, and counted', () => {
  it.each(['tracker', 'operator', 'subscriber'] as const)('when named by: %s', (origin) => {
    const leecher = new TestEndpoint({ standing }).fetch(metadata, far(1));
    leecher.take();
    leecher.endpoint.handle(
      { kind: 'peers', swarmId, peers: [{ address: far(66), priority: 0, origin }] },
      leecher.now,
    );
    expect(leecher.wait(60_000_000).filter(({ to }) => to.ip === far(66).ip)).toEqual([]);
    expect(refused(leecher)).toBe(1);
  });

  it('when another peer tells of it', () => {
    const scene = new Scene();
    scene.leecher = new TestEndpoint({ standing, exchange: { ...sociable, certified: false } }).fetch(
      metadata,
      near(1),
    );
    const teller = scene.answer(near(1), scene.leecher.take());
    scene.leecher.take();
    expect(scene.called(scene.tell(teller, v4('10.0.0.66')), teller)).toEqual([]);
    expect(scene.called(scene.tell(teller, v4('10.0.0.7')), teller)).toEqual(['10.0.0.7 6778']);
    expect(refused(scene.leecher)).toBe(1);
  });

  it('when a subscriber called it: his HANDSHAKE is passed on', () => {
    const appliance = new Interceptor({ standing: () => 'forbidden' });
    expect(appliance.calls(appliance.intercept(metadata, undefined, outside(1)))).toEqual([]);
    expect(refused(appliance)).toBe(1);
    appliance.wait(1_000_000);
    expect(appliance.notOurs).toEqual(['unconfirmed']);
  });
});
