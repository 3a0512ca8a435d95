import { second } from '../limits';
import { published } from '../swarm/published.testing';
import { addressKey, type Address } from './address';
import { channelOf, messagesOf, opening, saying, TestEndpoint, type Sent } from './endpoint.testing';
import { endpointDefaults } from './config';
import { Steward } from './steward';

const content = published(64 * 1_024);
const { metadata } = content;
const said = opening(metadata, 1);

function peerAt(count: number): Address {
  return { ip: `10.${String(count >> 16)}.${String((count >> 8) & 255)}.${String(count & 255)}`, port: 7 };
}

/** Opens a channel; our ID of it. */
function enter(target: TestEndpoint, from: Address): number {
  const id = channelOf(target.hear(from, said).take());
  target.hear(from, saying(id)).take();
  return id;
}

const request = { type: 'request', range: { first: 0, last: 63 } } as const;

describe('10,000 receivers that never acknowledge', () => {
  const count = 10_000;
  const target = new TestEndpoint({ uploadSlots: 20_000 }).seed(content);
  const sentTo = new Map<string, number>();
  let ids: number[] = [];

  const note = (sent: readonly Sent[]): void => {
    for (const { to, bytes } of sent) sentTo.set(addressKey(to), (sentTo.get(addressKey(to)) ?? 0) + bytes.length);
  };

  beforeAll(() => {
    ids = [...Array(count).keys()].map((at) => enter(target, peerAt(at)));
  });

  it('get what fits their windows and no more, however often they ask', () => {
    for (let time = 0; time < 3; time++) {
      ids.forEach((id, at) => target.hear(peerAt(at), saying(id, request)));
      note(target.wait(second));
    }
    const most = Math.max(...sentTo.values());
    // A first window, and as much again at each timeout.
    expect(most).toBeLessThan(64 * 1_024);
    expect(sentTo.size).toBe(count);
  });

  it('keep nobody from being served who does', () => {
    const from = { ip: '192.0.2.1', port: 9 };
    const id = enter(target, from);
    const got = new Set<number>();
    let answer = target.hear(from, saying(id, request)).take();
    for (let turn = 0; turn < 60 && got.size < 64; turn++) {
      const mine = messagesOf(answer.filter(({ to }) => addressKey(to) === addressKey(from)));
      for (const message of mine) {
        if (message.type !== 'data') continue;
        got.add(message.range.first);
        target.hear(from, saying(id, { type: 'ack', range: message.range, delay: 1_000n }));
      }
      answer = target.wait(second / 50);
    }
    expect(got.size).toBe(64);
  });

  it('are given up in the end, and leave nothing', () => {
    const some = new TestEndpoint().seed(content);
    for (let at = 0; at < 300; at++) some.hear(peerAt(at), saying(enter(some, peerAt(at)), request)).take();
    some.wait(600 * second);
    expect(some.endpoint.channels.size).toBe(0);
  });
});

it('a crowd of callers costs each of them the same, whoever else is there', () => {
  const touch = jest.spyOn(Steward.prototype, 'touch');
  const touchesPer = (count: number): number => {
    const target = new TestEndpoint({ ...endpointDefaults, fetchesFromCallers: true }).seed(content);
    touch.mockClear();
    for (let at = 0; at < count; at++) enter(target, peerAt(at));
    return touch.mock.calls.length / count;
  };
  expect(touchesPer(1_000)).toBeLessThanOrEqual(touchesPer(10) + 1);
  touch.mockRestore();
});
