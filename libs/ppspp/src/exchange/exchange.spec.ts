import type { Address } from '../endpoint/address';
import { channelOf, messagesOf, opening, saying, TestEndpoint } from '../endpoint/endpoint.testing';
import { limits, second } from '../limits';
import { published } from '../swarm/published.testing';
import type { Message } from '../wire/message';
import { content, far, near, sociable, v4, type Line } from './exchange.testing';

const { metadata } = content;

describe('a peer that is asked', () => {
  let seeder: TestEndpoint;
  let remote = 100;

  beforeEach(() => {
    seeder = new TestEndpoint({ exchange: sociable }).seed(content);
    seeder.take();
  });

  function establish(address: Address): Line {
    const id = channelOf(seeder.hear(address, opening(metadata, ++remote)).take());
    seeder.hear(address, saying(id)).take();
    return { address, id };
  }

  function ask({ address, id }: Line): Message[] {
    const sent = seeder.hear(address, saying(id, { type: 'pex-request' })).take();
    return messagesOf(sent.filter(({ to }) => to === address || to.ip === address.ip)).filter(({ type }) =>
      type.startsWith('pex-response'),
    );
  }

  it('names those that it heard in the last minute, and no others (RFC 7574 section 3.10.1)', () => {
    establish(near(1));
    seeder.wait(limits.exchangeLively + second);
    establish(near(2));
    // Never said anything after its handshake: its address is not proven.
    seeder.hear(near(3), opening(metadata, 7)).take();
    expect(ask(establish(near(4)))).toEqual([v4('10.0.0.2')]);
  });

  it('does not name the asker, whatever channels it has', () => {
    establish(near(1));
    expect(ask(establish(near(1)))).toEqual([]);
  });

  it('names a few, and not always the same', () => {
    for (let host = 1; host <= 40; host++) establish(near(host));
    const asker = establish(near(50));
    const seen = new Set<string>();
    for (let time = 0; time < 4; time++) {
      const answers = ask(asker);
      expect(answers).toHaveLength(limits.exchangeAnswers);
      for (const answer of answers) if (answer.type === 'pex-response-v4') seen.add(answer.ip.join('.'));
      seeder.wait(limits.exchangeAnswer);
    }
    expect(seen.size).toBeGreaterThan(limits.exchangeAnswers);
  });

  it('answers what is said again, once in a while; the rest is counted', () => {
    establish(near(1));
    const asker = establish(near(2));
    for (let time = 0; time < limits.exchangeAsks; time++) expect(ask(asker)).toHaveLength(1);
    for (let time = 0; time < 100; time++) expect(ask(asker)).toEqual([]);
    expect(seeder.endpoint.counters.faults.get('exchange-flood')).toBe(100);
    seeder.wait(limits.exchangeAnswer);
    expect(ask(asker)).toHaveLength(1);
  });

  it('tells nobody outside of the inside, nor plain addresses at all', () => {
    establish(near(1));
    establish(far(1));
    expect(ask(establish(far(2)))).toEqual([]);
    expect(ask(establish(near(2)))).toHaveLength(3);
  });

  it('tells no internal address to somebody outside, whom the operator trusts though he does', () => {
    seeder = new TestEndpoint({ exchange: { ...sociable, benign: () => true } }).seed(content);
    establish(near(1));
    establish({ ip: '127.0.0.1', port: 9 });
    establish(far(1));
    expect(ask(establish(far(2)))).toEqual([v4('192.0.2.1')]);
  });

  it('names nobody whom the operator would not have named', () => {
    seeder = new TestEndpoint({ exchange: { ...sociable, names: ({ ip }) => ip === '10.0.0.1' } }).seed(content);
    establish(near(1));
    establish(near(2));
    expect(ask(establish(near(3)))).toEqual([v4('10.0.0.1')]);
  });

  it('names nobody of another swarm', () => {
    const other = published(3_000);
    seeder.seed(other).take();
    const id = channelOf(seeder.hear(near(1), opening(other.metadata, 5)).take());
    seeder.hear(near(1), saying(id)).take();
    expect(ask(establish(near(2)))).toEqual([]);
  });

  it('says nothing unless it was told to', () => {
    seeder = new TestEndpoint().seed(content);
    establish(near(1));
    expect(ask(establish(near(2)))).toEqual([]);
  });
});
