import { limits, second } from '../limits';
import { published } from '../swarm/published.testing';
import { channelOf, opening, saying } from './endpoint.testing';
import { LocalFlows } from './flows';
import { inside, Interceptor, outside, typesOf } from './interception.testing';

const content = published(70_000);
const { metadata } = content;
const { swarmId } = metadata;
const other = published(3_000);
const all = { type: 'have', range: { first: 0, last: 68 } } as const;
let appliance: Interceptor;

beforeEach(() => {
  appliance = new Interceptor();
});

describe('what is on a flow', () => {
  it('is content where it begins with a HANDSHAKE that we do not serve, whatever the reason', () => {
    const blocked = new Interceptor({ admitsSwarm: () => false });
    blocked.intercept(metadata);
    blocked.intercept({ ...metadata, addressing: 'byte64', chunkSize: 7 }, inside(2));
    blocked.hear(inside(3), opening(metadata, 5, { version: 9, minimumVersion: 9 }), outside(1)).take();
    blocked.hear(inside(4), opening(metadata, 5, { integrityMethod: 3 }), outside(1)).take();
    blocked.hear({ ip: '198.51.100.1', port: 9 }, opening(metadata, 5), outside(1)).take();
    expect(blocked.notOurs).toEqual(['swarm-blocked', 'chunk-size', 'version', 'integrity-method', 'not-admitted']);
    expect(new Set(blocked.flows)).toEqual(new Set(['content']));
    expect([...blocked.endpoint.counters.passedHandshakes.values()]).toEqual([1, 1, 1, 1, 1]);
  });

  it.each([
    { what: 'bytes that are no datagram of ours', bytes: Uint8Array.of(0, 0) },
    { what: 'five zeros and what is no HANDSHAKE', bytes: new Uint8Array(40) },
    { what: 'a HANDSHAKE that closes', bytes: opening(metadata, 0) },
    { what: 'a HANDSHAKE without a swarm', bytes: saying(0, { type: 'handshake', channel: 5, options: {} }) },
    { what: 'a channel that we do not know', bytes: saying(99, { type: 'choke' }) },
  ])('is something other where it begins with $what', ({ bytes }) => {
    appliance.hear(inside(1), bytes, outside(1)).take();
    expect([appliance.flows, appliance.returned]).toEqual([['other'], [bytes]]);
    expect(appliance.endpoint.counters.passedHandshakes.size).toBe(0);
  });

  it.each([
    { when: 'waits', prepare: () => void appliance.intercept(metadata) },
    { when: 'was answered', prepare: () => void appliance.seed(content).intercept(metadata) },
    { when: 'is open', prepare: () => void appliance.serve(metadata, all) },
  ])('is shared with a channel of ours that $when', ({ prepare }) => {
    prepare();
    appliance.hear(inside(1), opening(other.metadata, 6, { version: 9, minimumVersion: 9 }), outside(1)).take();
    appliance.hear(inside(1), saying(0x7777, { type: 'choke' }), outside(1)).take();
    appliance.hear(inside(1), Uint8Array.of(1), outside(1)).take();
    expect(appliance.flows).toEqual(['shared', 'shared', 'shared']);
    expect(appliance.hasFlow(inside(1), outside(1))).toBe(true);
    expect(appliance.hasFlow(inside(1), outside(2))).toBe(false);
    appliance.hear(inside(1), saying(0x7777), outside(2)).take();
    expect(appliance.flows.at(-1)).toBe('other');
  });

  it('is shared no longer when the last channel of ours on it ended', () => {
    const { id } = appliance.serve(metadata, all);
    appliance.hear(inside(1), saying(id, { type: 'handshake', channel: 0, options: {} }), outside(1)).take();
    appliance.hear(inside(1), saying(0x7777), outside(1)).take();
    expect(appliance.flows).toEqual(['other']);
  });

  it('is shared with channels of another endpoint', () => {
    const nothing = { add: () => undefined, remove: () => undefined, pass: () => undefined, passes: () => false };
    const flows = { ...nothing, has: () => true };
    const one = new Interceptor({ flows });
    one.hear(inside(1), saying(0x7777), outside(1)).take();
    expect(one.flows).toEqual(['shared']);
  });

  it('is shared with what was answered as long as its peer may take to show that it heard that', () => {
    appliance.seed(content).intercept(metadata);
    appliance.wait(limits.halfOpen - 1);
    expect(appliance.hasFlow(inside(1), outside(1))).toBe(true);
    appliance.wait(1);
    expect(appliance.hasFlow(inside(1), outside(1))).toBe(false);
  });

  it("is the origin's with all that was on its way to us when it was passed, and for no longer", () => {
    appliance.seed(content).seed(other);
    appliance.intercept({ ...metadata, chunkSize: 7 });
    expect(appliance.intercept(metadata, inside(1), outside(1), 6)).toEqual([]);
    expect(appliance.intercept(metadata, inside(1, 10), outside(1), 6)).not.toEqual([]);
    expect(appliance.intercept(metadata, inside(1), outside(2), 6)).not.toEqual([]);
    expect(appliance.hear(inside(1), opening(metadata, 6)).take()).not.toEqual([]);
    expect([appliance.notOurs, appliance.flows]).toEqual([
      ['chunk-size', 'flow-passed'],
      ['content', 'content'],
    ]);
    appliance.wait(limits.passing);
    expect(appliance.intercept(other.metadata, inside(1), outside(1), 7)).not.toEqual([]);
  });

  it('stays ours where we answered first, whatever else begins on it', () => {
    appliance.seed(content).seed(other).intercept(metadata);
    appliance.intercept({ ...metadata, chunkSize: 7 }, inside(1), outside(1), 6);
    expect(appliance.intercept(other.metadata, inside(1), outside(1), 7)).not.toEqual([]);
    expect([appliance.notOurs, appliance.flows]).toEqual([['chunk-size'], ['shared']]);
  });

  it('is shared where another endpoint answers while this one looks', () => {
    const flows = new LocalFlows();
    const other = new Interceptor({ flows }).seed(content);
    const blocking = new Interceptor({
      admitsSwarm: () => false,
      flows: {
        add: (...flow) => flows.add(...flow),
        remove: (...flow) => flows.remove(...flow),
        has: (...flow) => flows.has(...flow),
        passes: (...flow) => flows.passes(...flow),
        pass: (...flow) => {
          expect(other.intercept(metadata)).not.toEqual([]);
          flows.pass(...flow);
        },
      },
    });
    blocking.intercept(metadata, inside(1), outside(1), 6);
    expect(blocking.flows).toEqual(['shared']);
  });

  it('is not asked where the datagram was meant for us', () => {
    appliance.hear(inside(1), saying(0x7777)).take();
    appliance.hear(inside(1), opening(metadata, 5, { version: 9, minimumVersion: 9 })).take();
    expect(appliance.flows).toEqual(['other', 'other']);
    expect(appliance.endpoint.counters.passedHandshakes.size).toBe(0);
  });
});

describe('flows that are lost', () => {
  it('have no channel of ours any more, and nobody hears of it', () => {
    const { id } = appliance.serve(metadata, all);
    const direct = channelOf(appliance.hear(inside(3), opening(metadata, 5)).take());
    appliance.hear(inside(3), saying(direct)).take();
    const half = channelOf(appliance.intercept(metadata, inside(4)));
    appliance.intercept(other.metadata, inside(5));
    appliance.take();
    appliance.endpoint.handle({ kind: 'flows-lost' }, appliance.now);
    // At once, and not with the next drain.
    appliance.endpoint.handle(
      { kind: 'datagram', from: inside(1), origin: outside(1), port: 0, bytes: saying(id) },
      appliance.now,
    );
    expect(appliance.take().filter(({ from }) => from !== undefined)).toEqual([]);
    appliance.hear(inside(4), saying(half), outside(1)).take();
    expect([appliance.notOurs, appliance.flows]).toEqual([
      ['no-channel', 'no-channel'],
      ['other', 'other'],
    ]);
    expect(appliance.wait(second).filter(({ from }) => from !== undefined)).toEqual([]);
    expect(appliance.notOurs).toHaveLength(2);
    expect(appliance.endpoint.channels.find(direct)?.phase).toBe('open');
  });

  it('hear nothing of what was about to be said there', () => {
    const { id } = appliance.seed(content).serve(metadata);
    const bytes = saying(id, { type: 'request', range: { first: 0, last: 0 } });
    appliance.hear(inside(1), bytes, outside(1)).hear(inside(2), opening(metadata, 5), outside(1));
    appliance.endpoint.handle({ kind: 'flows-lost' }, appliance.now);
    expect(appliance.take()).toEqual([]);
  });

  it('may come back with new HANDSHAKEs', () => {
    appliance.serve(metadata, all);
    appliance.endpoint.handle({ kind: 'flows-lost' }, appliance.now);
    const sent = appliance.intercept(metadata, inside(1), outside(1), 6);
    expect(sent.filter(({ from }) => from !== undefined)).toHaveLength(1);
  });
});

describe('somebody who was intercepted and waits for what nobody outside sends any more', () => {
  const close = { type: 'handshake', channel: 0, options: {} } as const;
  const request = { type: 'request', range: { first: 0, last: 10 } } as const;

  it('is sent to the origin, with a farewell', () => {
    const { id, source } = appliance.serve(metadata, all);
    appliance.hear(inside(1), saying(id, request), outside(1)).take();
    appliance.hear(source.address, saying(source.id, close)).take();
    const before = appliance.wait(limits.starvation - 1);
    expect(typesOf(before.filter(({ from }) => from !== undefined))).not.toContain('handshake');
    const sent = appliance.wait(1).filter(({ from }) => from !== undefined);
    expect(sent.map(({ to, from }) => [to, from])).toEqual([[inside(1), outside(1)]]);
    expect([typesOf(sent), channelOf(sent)]).toEqual([['handshake'], 0]);
    appliance.hear(inside(1), saying(id, request), outside(1)).take();
    appliance.wait(limits.passing);
    appliance.intercept(metadata, inside(1), outside(1), 6);
    expect([appliance.notOurs, appliance.flows]).toEqual([
      ['no-channel', 'starved'],
      ['content', 'content'],
    ]);
    appliance.wait(limits.parted);
    appliance.hear(inside(1), saying(id, request), outside(1)).take();
    expect(appliance.flows.at(-1)).toBe('other');
    appliance.wait(limits.passing);
    expect(appliance.calls(appliance.intercept(metadata, inside(1), outside(1), 7))).toHaveLength(1);
  });

  it('is so when nobody who is there has anything', () => {
    const { id } = appliance.serve(metadata);
    appliance.wait(limits.starvation);
    expect(appliance.endpoint.channels.find(id)).toBeUndefined();
  });

  it('stays if somebody comes who has something', () => {
    const { id, source } = appliance.serve(metadata, all);
    appliance.hear(source.address, saying(source.id, close)).take();
    appliance.wait(second);
    appliance.endpoint.handle({ kind: 'peers', swarmId, peers: [{ address: outside(9), priority: 1 }] }, appliance.now);
    const call = appliance.calls(appliance.take()).find(({ address }) => address.ip === outside(9).ip);
    if (call === undefined) throw new RangeError('no call');
    appliance.answer(call, metadata, all);
    appliance.wait(2 * limits.starvation - second);
    expect(appliance.endpoint.channels.find(id)?.phase).toBe('open');
  });

  it('stays if all that it lacks is here, or if it has all', () => {
    appliance.seed(content).serve(metadata);
    const direct = channelOf(appliance.hear(inside(3), opening(metadata, 5)).take());
    appliance.hear(inside(3), saying(direct)).take();
    appliance.wait(10 * second);
    expect(appliance.endpoint.channels.size).toBe(1);
  });

  it('stays if it wrote to us', () => {
    const direct = channelOf(appliance.hear(inside(3), opening(metadata, 5)).take());
    appliance.hear(inside(3), saying(direct, request)).take();
    appliance.wait(10 * second);
    expect(appliance.endpoint.channels.find(direct)?.phase).toBe('open');
  });
});

describe('datagrams on channels that we serve', () => {
  it('are counted with all their bytes', () => {
    const sent = appliance.seed(content).intercept(metadata);
    const id = channelOf(sent);
    const request = { type: 'request', range: { first: 0, last: 1 } } as const;
    sent.push(...appliance.hear(inside(1), saying(id, request), outside(1)).take());
    sent.push(...appliance.wait(2 * limits.keepAlive));
    const { servedDatagrams, servedDatagramBytes, servedBytes } = appliance.endpoint.counters;
    expect(servedDatagrams).toBe(sent.length);
    expect(servedDatagramBytes).toBe(sent.reduce((total, { bytes }) => total + bytes.length, 0));
    expect(servedBytes).toBe(2_048);
    expect(servedDatagramBytes).toBeGreaterThan(servedBytes);
  });

  it('are not those of channels that we fetch on', () => {
    appliance.fetch(metadata, outside(1)).take();
    expect(appliance.endpoint.counters.servedDatagrams).toBe(0);
  });
});
