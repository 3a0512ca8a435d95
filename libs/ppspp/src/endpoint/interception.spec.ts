import { limits, second } from '../limits';
import { published } from '../swarm/published.testing';
import { channelOf, opening, saying } from './endpoint.testing';
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

describe('an intercepted HANDSHAKE', () => {
  it('is answered at once where the content is complete', () => {
    const sent = appliance.seed(content).intercept(metadata);
    expect(sent.map(({ to, from }) => [to, from])).toEqual([[inside(1), outside(1)]]);
    expect(appliance.returned).toEqual([]);
    expect(appliance.endpoint.counters.answeredHandshakes).toBe(1);
  });

  it('of a swarm that is not here calls the origin, and asks for peers, and is answered when somebody answers', () => {
    const sent = appliance.intercept(metadata);
    expect(appliance.calls(sent).map(({ address }) => address)).toEqual([outside(1)]);
    expect(sent.filter(({ from }) => from !== undefined)).toEqual([]);
    expect(appliance.notices).toEqual([{ type: 'peers-wanted', swarmId }]);
    const [call] = appliance.calls(sent);
    if (call === undefined) throw new RangeError('no call');
    const answers = appliance.answer(call, metadata).filter(({ from }) => from !== undefined);
    expect(answers.map(({ to, from }) => [to, from])).toEqual([[inside(1), outside(1)]]);
    expect([typesOf(answers), appliance.returned]).toEqual([['handshake'], []]);
  });

  it('is answered when a peer answers that a tracker named', () => {
    appliance.intercept(metadata);
    const peers = [{ address: outside(9), priority: 1 }];
    appliance.endpoint.handle({ kind: 'peers', swarmId, peers }, appliance.now);
    const call = appliance.calls(appliance.take()).find(({ address }) => address.ip === outside(9).ip);
    if (call === undefined) throw new RangeError('no call');
    expect(channelOf(appliance.answer(call, metadata).filter(({ from }) => from !== undefined))).not.toBe(0);
  });

  it('is given back as it was after half a second in which nobody answered, and its swarm is closed', () => {
    const said = opening(metadata, 5);
    appliance.hear(inside(1), said, outside(1)).wait(limits.proof - 1);
    expect([appliance.returned, appliance.endpoint.swarms.size]).toEqual([[], 1]);
    appliance.wait(1);
    expect([appliance.returned, appliance.notOurs, appliance.flows]).toEqual([[said], ['unconfirmed'], ['content']]);
    expect(appliance.endpoint.swarms.size).toBe(0);
    expect(appliance.notices.map(({ type }) => type)).toEqual(['peers-wanted', 'swarm-closed']);
    expect([...appliance.endpoint.counters.passedHandshakes]).toEqual([['unconfirmed', 1]]);
    appliance.wait(second);
    expect([appliance.endpoint.channels.size, appliance.endpoint.halfOpenSize]).toEqual([0, 0]);
  });

  it('is given back when the store does not tell in time', () => {
    appliance.opens = false;
    appliance.intercept(metadata);
    appliance.wait(limits.proof);
    expect(appliance.notOurs).toEqual(['unconfirmed']);
    appliance.endpoint.handle({ kind: 'swarm-opened', swarmId, content: content.content }, appliance.now);
    expect(appliance.take()).toEqual([]);
  });

  it('has its origin called at once, though trackers name others who have not answered', () => {
    const direct = channelOf(appliance.hear(inside(3), opening(metadata, 5)).take());
    appliance.hear(inside(3), saying(direct)).take();
    const peers = [{ address: outside(9), priority: 1 }];
    appliance.endpoint.handle({ kind: 'peers', swarmId, peers }, appliance.now);
    expect(appliance.calls(appliance.take()).map(({ address }) => address)).toEqual([outside(9)]);
    const [call, ...others] = appliance.calls(appliance.intercept(metadata));
    if (call === undefined) throw new RangeError('no call');
    expect([call.address, others]).toEqual([outside(1), []]);
    expect(appliance.answer(call, metadata).filter(({ from }) => from !== undefined)).toHaveLength(1);
  });

  it('is answered at once where a peer outside feeds the swarm, and its origin is called as well', () => {
    appliance.serve(metadata, all);
    const sent = appliance.intercept(metadata, inside(2), outside(2));
    expect(sent.filter(({ from }) => from !== undefined)).toHaveLength(1);
    expect(appliance.endpoint.swarms.find(swarmId)?.candidates.originOf(outside(2))).toBe('subscriber');
  });

  it('waits for a peer outside where only a part is stored', () => {
    const partial = { ...content.content, extents: [0] };
    appliance.opens = false;
    appliance.intercept(metadata);
    appliance.endpoint.handle({ kind: 'swarm-opened', swarmId, content: partial }, appliance.now);
    const sent = appliance.take();
    expect(appliance.calls(sent)).toHaveLength(1);
    appliance.wait(limits.proof);
    expect([appliance.notOurs, appliance.endpoint.swarms.size]).toEqual([['unconfirmed'], 0]);
  });

  it('has nobody called who is not outside, nor who lied', () => {
    const sent = appliance.intercept(metadata, inside(1), inside(2));
    expect(appliance.calls(sent)).toEqual([]);
    expect(appliance.notices).toEqual([{ type: 'peers-wanted', swarmId }]);
    expect(new Interceptor({ isExternal: () => false }).intercept(metadata)).toEqual([]);
  });

  it('counts as a new swarm of its subscriber only where nobody else waits for it', () => {
    const strict = new Interceptor({ newSwarmsPerMinute: 1 });
    strict.intercept(metadata, inside(1));
    strict.intercept(other.metadata, inside(1), outside(1), 6);
    expect(strict.notOurs).toEqual(['swarm-quota']);
    strict.intercept(metadata, inside(1), outside(2), 7);
    strict.intercept(other.metadata, inside(2));
    expect(strict.notOurs).toEqual(['swarm-quota']);
  });

  it('is one of so many swarms that wait at most', () => {
    const made = (count: number) => ({ ...metadata, swarmId: count.toString(16).padStart(64, '0') });
    for (let count = 0; count <= limits.prospectsMax; count++)
      appliance.intercept(made(count), inside(1 + (count % 200)));
    expect([appliance.notOurs, appliance.endpoint.swarms.size]).toEqual([['table-full'], limits.prospectsMax]);
    appliance.wait(limits.proof);
    expect([appliance.notOurs.length, appliance.endpoint.swarms.size]).toEqual([limits.prospectsMax + 1, 0]);
  });

  it('is given back while the datapath is overloaded, and what was answered goes on', () => {
    appliance.seed(content);
    const id = channelOf(appliance.intercept(metadata));
    appliance.endpoint.handle({ kind: 'overload', overloaded: true }, appliance.now);
    appliance.intercept(metadata, inside(2));
    expect([appliance.notOurs, appliance.flows]).toEqual([['overloaded'], ['content']]);
    expect(appliance.hear(inside(1), saying(id), outside(1)).take()).not.toEqual([]);
    expect(appliance.hear(inside(3), opening(metadata, 5)).take()).not.toEqual([]);
    appliance.endpoint.handle({ kind: 'overload', overloaded: false }, appliance.now);
    expect(appliance.intercept(metadata, inside(4))).not.toEqual([]);
  });

  it('is given back while the store is full, unless something of its swarm is here', () => {
    const { source } = appliance.seed(content).serve(other.metadata);
    appliance.endpoint.handle({ kind: 'store-full', full: true }, appliance.now);
    appliance.intercept(other.metadata, inside(2), source.address);
    expect([appliance.notOurs, appliance.flows]).toEqual([['store-full'], ['content']]);
    expect(appliance.intercept(metadata, inside(2), outside(3))).not.toEqual([]);
    appliance.endpoint.handle({ kind: 'store-full', full: false }, appliance.now);
    expect(appliance.intercept(other.metadata, inside(4))).not.toEqual([]);
  });

  it('of a stored swarm is answered though the store is full', () => {
    appliance.opens = false;
    appliance.endpoint.handle({ kind: 'store-full', full: true }, appliance.now);
    appliance.intercept(metadata);
    appliance.endpoint.handle({ kind: 'swarm-opened', swarmId, content: content.content }, appliance.now);
    expect(typesOf(appliance.take())).toContain('handshake');
    appliance.hear(inside(2), opening(other.metadata, 5), outside(1)).take();
    const unknown = { kind: 'swarm-opened', swarmId: other.metadata.swarmId, content: undefined } as const;
    appliance.endpoint.handle(unknown, appliance.now);
    appliance.take();
    expect(appliance.notOurs).toEqual(['store-full']);
  });

  it('is given back where its answer would push out one whom we answered a moment ago', () => {
    appliance.seed(content);
    const callers = Array.from({ length: limits.halfOpenEachMax }, (_, at) => inside(1, 1_000 + at));
    const ids = callers.map((from) => channelOf(appliance.intercept(metadata, from)));
    appliance.intercept(metadata, inside(1, 9));
    expect([appliance.notOurs, appliance.flows]).toEqual([['table-full'], ['content']]);
    for (const [at, from] of callers.entries()) appliance.hear(from, saying(ids[at] ?? 0), outside(1)).take();
    expect(appliance.endpoint.channels.size).toBe(callers.length);
    // Who never shows that he heard it makes room.
    for (const from of callers) appliance.intercept(metadata, { ...from, port: from.port + 1_000 });
    appliance.wait(limits.halfOpenKept);
    expect(appliance.intercept(metadata, inside(1, 10))).not.toEqual([]);
  });

  it('is given back when it would have to wait in line for an upload slot', () => {
    const small = new Interceptor({ uploadSlots: 1 }).seed(content);
    const id = channelOf(small.intercept(metadata));
    const request = { type: 'request', range: { first: 0, last: 60 } } as const;
    small.hear(inside(1), saying(id, request), outside(1)).take();
    small.intercept(metadata, inside(2));
    expect([small.notOurs, small.flows]).toEqual([['slots-taken'], ['content']]);
    expect(small.hear(inside(3), opening(metadata, 5)).take()).not.toEqual([]);
  });

  it('is given back when we leave while it waits', () => {
    appliance.intercept(metadata);
    appliance.endpoint.handle({ kind: 'leave', swarmId }, appliance.now);
    appliance.take();
    expect([appliance.notOurs, appliance.flows]).toEqual([['unconfirmed'], ['content']]);
    appliance.opens = false;
    appliance.intercept(other.metadata, inside(2));
    const effects = appliance.endpoint.close(appliance.now);
    expect(effects.filter(({ kind }) => kind === 'not-ours')).toHaveLength(1);
  });

  it('is given back when its subscriber asks for another swarm by the same ID before it is answered', () => {
    const said = [opening(metadata, 5), opening(other.metadata, 5)];
    for (const bytes of said) appliance.hear(inside(1), bytes, outside(1)).take();
    appliance.wait(limits.proof);
    expect(appliance.returned).toEqual(said);
    expect(appliance.flows.at(-1)).toBe('content');
  });

  it('is given back when it had to make room for others of its network', () => {
    const said: Uint8Array[] = [];
    for (let host = 0; host < 6; host++)
      for (let channel = 1; channel <= limits.halfOpenEachMax - 4; channel++) {
        const bytes = opening(metadata, channel);
        said.push(bytes);
        appliance.hear(inside(host), bytes, outside(1)).take();
      }
    expect(said.length).toBeGreaterThan(limits.halfOpenRow);
    expect([appliance.endpoint.halfOpenSize, appliance.returned]).toEqual([limits.halfOpenRow, []]);
    appliance.wait(limits.proof);
    expect(new Set(appliance.returned)).toEqual(new Set(said));
  });

  it('is given back at once when as many of its subscriber wait as may', () => {
    for (let channel = 1; channel <= limits.halfOpenEachMax + 3; channel++)
      appliance.intercept(metadata, inside(1), outside(1), channel);
    expect(appliance.notOurs).toEqual(['table-full', 'table-full', 'table-full']);
    expect(new Set(appliance.flows)).toEqual(new Set(['shared']));
  });

  it('does not close a swarm that somebody else opened', () => {
    const join = { metadata, want: 'all', content: undefined, trusted: false } as const;
    appliance.endpoint.handle({ kind: 'join', join }, appliance.now);
    appliance.intercept(metadata);
    appliance.wait(second);
    expect([appliance.notOurs, appliance.endpoint.swarms.size]).toEqual([['unconfirmed'], 1]);
  });

  it('keeps peers outside for its subscriber, until he shows that he heard the answer, or does not', () => {
    const [call] = appliance.calls(appliance.intercept(metadata));
    if (call === undefined) throw new RangeError('no call');
    appliance.answer(call, metadata, all);
    appliance.wait(limits.halfOpen - second);
    expect(appliance.endpoint.channels.size).toBe(1);
    expect(typesOf(appliance.take())).toEqual([]);
    appliance.wait(second);
    expect([appliance.endpoint.channels.size, appliance.endpoint.swarms.size]).toEqual([0, 0]);
  });

  it('of one who wrote to us is answered as ever, whether or not anybody has the swarm', () => {
    const sent = appliance.hear(inside(1), opening(metadata, 5)).take();
    expect([typesOf(sent), appliance.endpoint.swarms.size]).toEqual([['handshake'], 0]);
  });
});
