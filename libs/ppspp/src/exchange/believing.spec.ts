import type { Address } from '../endpoint/address';
import { channelOf, messagesOf, opening, saying, TestEndpoint } from '../endpoint/endpoint.testing';
import { limits, second } from '../limits';
import type { PexResponseMessage } from '../wire/message';
import { content, far, near, Scene, sociable, v4, v6 } from './exchange.testing';

const { metadata } = content;
const { swarmId } = metadata;

describe('a peer that wants others', () => {
  const scene = new Scene();
  const { begin, answer, tell, called, fault } = scene;

  /** A leecher to whom a tracker named these, and all of them answered. */
  function knowing(trusted: readonly Address[]) {
    scene.leecher = new TestEndpoint({ exchange: { ...sociable, certified: false } }).fetch(metadata, near(1));
    const peers = trusted.map((address) => ({ address, priority: 1 }));
    scene.leecher.endpoint.handle({ kind: 'peers', swarmId, peers }, scene.leecher.now);
    const opened = scene.leecher.take();
    const lines = trusted.map((address) => answer(address, opened));
    scene.leecher.take();
    return lines;
  }

  it('asks along with its first REQUEST, again when nothing comes, and then seldom', () => {
    begin(near(1));
    const first = messagesOf(scene.leecher.take().slice(-2)).map(({ type }) => type);
    expect(first).toContain('request');
    expect(first.filter((type) => type === 'pex-request')).toHaveLength(1);
    const later = (micros: number): number =>
      messagesOf(scene.leecher.wait(micros)).filter(({ type }) => type === 'pex-request').length;
    for (let count = 1; count < limits.exchangeAsks; count++) {
      expect(later(limits.exchangeRepeat - 1)).toBe(0);
      expect(later(1)).toBe(1);
    }
    expect(later(limits.exchangeAsk - limits.exchangeAsks * limits.exchangeRepeat)).toBe(0);
  });

  it('does not ask again who answered', () => {
    const teller = begin(near(1));
    scene.leecher.take();
    tell(teller, v4('10.0.0.7', 9));
    const later = messagesOf(scene.leecher.wait(limits.exchangeAsk - second));
    expect(later.filter(({ type }) => type === 'pex-request')).toEqual([]);
  });

  it('calls whom it is told of', () => {
    const teller = begin(near(1));
    scene.leecher.take();
    expect(called(tell(teller, v4('10.0.0.7', 9)), teller)).toEqual(['10.0.0.7 9']);
  });

  it('takes no answer that it did not ask for, nor one too many', () => {
    const teller = begin(near(1));
    scene.leecher.take();
    for (let host = 10; host < 10 + limits.exchangeAnswers; host++) tell(teller, v4(`10.0.0.${String(host)}`));
    expect(fault('exchange-unasked')).toBe(0);
    tell(teller, v4('10.0.0.200'));
    expect(fault('exchange-unasked')).toBe(1);
    const stranger = channelOf(scene.leecher.hear(near(9), opening(metadata, 4)).take());
    scene.leecher.hear(near(9), saying(stranger, v4('10.0.0.8'))).take();
    expect(fault('exchange-unasked')).toBe(2);
  });

  const refused: readonly (readonly [string, Address, PexResponseMessage])[] = [
    ['port 0', near(1), v4('10.0.0.7', 0)],
    ['its own address', near(1), v4('10.0.0.99')],
    ['multicast', near(1), v4('224.0.0.1')],
    ['broadcast', near(1), v4('255.255.255.255')],
    ['the unspecified address', near(1), v4('0.0.0.0')],
    ['link-local', near(1), v4('169.254.1.1')],
    ['loopback from another host', near(1), v4('127.0.0.1')],
    ['IPv6 multicast', near(1), v6([0xff, 2, ...Array<number>(13).fill(0), 1])],
    ['IPv6 link-local', near(1), v6([0xfe, 0x80, ...Array<number>(13).fill(0), 1])],
    ['IPv6 loopback', near(1), v6([...Array<number>(15).fill(0), 1])],
    ['IPv4 multicast dressed as IPv6', near(1), v6([...Array<number>(10).fill(0), 255, 255, 224, 0, 0, 1])],
    ['private, told by a peer outside', far(1), v4('10.0.0.7')],
    ['unique-local, told by a peer outside', far(1), v6([0xfd, ...Array<number>(14).fill(0), 1])],
  ];

  it.each(refused)('does not call %s', (_, from, told) => {
    const teller = begin(from, { benign: () => true });
    scene.leecher.take();
    expect(called(tell(teller, told), teller)).toEqual([]);
    expect(called(scene.leecher.wait(5 * second), teller)).toEqual([]);
    expect(fault('exchange-address')).toBe(1);
  });

  it('does not believe plain addresses of a stranger, and does not ask for them', () => {
    const teller = begin(far(1));
    expect(messagesOf(scene.leecher.take().slice(-2)).map(({ type }) => type)).not.toContain('pex-request');
    expect(called(tell(teller, v4('192.0.2.7')), teller)).toEqual([]);
    const certified = begin(far(1), { certified: true });
    scene.leecher.take();
    expect(called(tell(certified, v4('192.0.2.7')), certified)).toEqual([]);
    expect(fault('exchange-plain')).toBe(1);
  });

  it('calls one at a time, twice each, and nobody that did not answer a second time', () => {
    const teller = begin(near(1));
    scene.leecher.take();
    const victims = Array.from({ length: limits.exchangeAnswers }, (_, at) => v4(`10.0.1.${String(at + 1)}`));
    const sent = called(tell(teller, ...victims), teller);
    for (let time = 0; time < 100; time++) {
      sent.push(...called(scene.leecher.wait(second), teller));
      tell(teller, ...victims);
      scene.leecher.hear(teller.address, saying(teller.id)).take();
    }
    for (const { ip } of victims) {
      expect(sent.filter((to) => to.startsWith(`${ip.join('.')} `)).length).toBeLessThanOrEqual(limits.exchangeTries);
    }
    expect(sent.length).toBeGreaterThan(2);
  });

  it('has at most as many peers that others named as ones that a tracker named, whatever it is told', () => {
    for (let count = 1; count <= limits.fetchPeersMax; count++) {
      const trusted = Array.from({ length: count }, (_, at) => near(at + 1));
      const lines = knowing(trusted);
      // As long as nobody is left because it sends nothing.
      for (let turn = 0; turn < 5; turn++) {
        const sent = lines.flatMap((line, at) => tell(line, v4(`10.0.9.${String(10 * turn + at)}`)));
        sent.push(...scene.leecher.wait(limits.exchangeCall));
        const calls = sent.filter((one) => one.to.ip.startsWith('10.0.9.') && channelOf([one]) !== 0);
        for (const call of calls) answer(call.to, [call]);
      }
      const channels = [...scene.leecher.endpoint.channels.all()].filter(
        ({ closed, initiated }) => !closed && initiated,
      );
      const exchanged = channels.filter(({ address }) => address.ip.startsWith('10.0.9.')).length;
      // None of them sends anything, so that others are called beside them.
      expect(exchanged).toBeGreaterThanOrEqual(Math.min(count, limits.fetchPeersMax - count));
      expect(exchanged).toBeLessThanOrEqual(count);
    }
  });

  it('lets go as many that others named as are too many when those leave that a tracker named, all but the last', () => {
    const trusted = [near(1), near(2), near(3)];
    const lines = knowing(trusted);
    const [teller] = lines;
    if (teller === undefined) return;
    const sent = tell(teller, v4('10.0.9.1'), v4('10.0.9.2'), v4('10.0.9.3'));
    for (let turn = 0; turn < 3; turn++) {
      const calls = sent.splice(0).filter((one) => one.to.ip.startsWith('10.0.9.') && channelOf([one]) !== 0);
      for (const call of calls) answer(call.to, [call]);
      sent.push(...scene.leecher.wait(limits.exchangeCall));
    }
    const named = (): number =>
      [...scene.leecher.endpoint.channels.all()].filter(
        ({ address, closed, initiated }) => initiated && !closed && address.ip.startsWith('10.0.9.'),
      ).length;
    const left: number[] = [named()];
    for (const line of lines) {
      tell(line, { type: 'handshake', channel: 0, options: {} });
      left.push(named());
    }
    expect(left).toEqual([3, 2, 1, 1]);
  });

  it('calls no two within a second', () => {
    const trusted = [near(1), near(2), near(3), near(4)];
    scene.leecher = new TestEndpoint({ exchange: { ...sociable, certified: false } }).fetch(metadata, near(1));
    const peers = trusted.map((address) => ({ address, priority: 1 }));
    scene.leecher.endpoint.handle({ kind: 'peers', swarmId, peers }, scene.leecher.now);
    const opened = scene.leecher.take();
    const [teller] = trusted.map((address) => answer(address, opened));
    scene.leecher.take();
    if (teller === undefined) return;
    const calls = (): number =>
      [...scene.leecher.endpoint.channels.all()].filter(({ address }) => address.ip.startsWith('10.0.9.')).length;
    tell(teller, v4('10.0.9.1'), v4('10.0.9.2'), v4('10.0.9.3'));
    expect(calls()).toBe(1);
    scene.leecher.wait(limits.exchangeCall - 1);
    expect(calls()).toBe(1);
    scene.leecher.wait(1);
    expect(calls()).toBe(2);
  });

  it('calls nobody that others named once those are gone that a tracker named', () => {
    const teller = begin(near(1));
    scene.leecher.take();
    tell(teller, ...Array.from({ length: 8 }, (_, at) => v4(`10.0.9.${String(at)}`)));
    scene.leecher.hear(teller.address, saying(teller.id, { type: 'handshake', channel: 0, options: {} })).take();
    const calls = scene.leecher
      .wait(20 * second)
      .filter((one) => one.to.ip.startsWith('10.0.9.') && channelOf([one]) !== 0);
    expect(new Set(calls.map(({ to }) => to.ip))).toEqual(new Set(['10.0.9.0']));
    expect(scene.leecher.notices.filter(({ type }) => type === 'peers-wanted').length).toBeGreaterThan(1);
  });
});
