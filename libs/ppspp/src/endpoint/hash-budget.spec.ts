import crypto from 'node:crypto';
import { nodeOfRange, rangeOfNode } from '../addressing/node';
import { HashBudget } from '../channel/hash-budget';
import { initiatingOptions } from '../channel/handshake';
import { limits, second } from '../limits';
import { chunkOf, published } from '../swarm/published.testing';
import { decodeDatagram } from '../wire/decode';
import { encodeDatagram } from '../wire/encode';
import type { Dialect, Message } from '../wire/message';
import type { Address } from './address';
import { channelOf, TestEndpoint, type Sent } from './endpoint.testing';

/** Numbers of 64 bits, so that anything may be claimed. */
const addressing = 'chunk64';
const content = published(700 * 1_024, { addressing });
const dialect: Dialect = { addressing, hashBytes: 32, chunkSize: 1_024 };
const liar: Address = { ip: '192.0.2.66', port: 6 };
const theirs = 77;

/** A leecher that was answered, and told that everything is there. */
class Victim {
  readonly leecher = new TestEndpoint();
  readonly channel: number;
  asked: number[] = [];

  constructor() {
    this.channel = channelOf(this.leecher.fetch(content.metadata, liar).take());
    const options = initiatingOptions(content.metadata, true);
    this.tell({ type: 'handshake', channel: theirs, options }, { type: 'have', range: { first: 0, last: 699 } });
  }

  tell(...messages: readonly Message[]): Sent[] {
    const sent = this.leecher.hear(liar, encodeDatagram(this.channel, messages, dialect)).take();
    for (const message of sent.flatMap(({ bytes }) => decodeDatagram(bytes, dialect).messages))
      if (message.type === 'request') this.asked.push(message.range.first);
    return sent;
  }

  /** Hashes computed while something goes on. */
  hashesDuring(work: () => void): number {
    const spy = jest.spyOn(crypto, 'hash');
    work();
    const { length } = spy.mock.calls;
    spy.mockRestore();
    return length;
  }

  get open(): boolean {
    return this.leecher.endpoint.channels.find(this.channel) !== undefined;
  }

  fault(kind: 'data-not-asked' | 'hash-budget' | 'data-unproven'): number {
    return this.leecher.endpoint.counters.faults.get(kind) ?? 0;
  }
}

function data(chunk: number): Message {
  return { type: 'data', range: { first: chunk, last: chunk }, timestamp: 0n, bytes: chunkOf(content, chunk) };
}

function claim(height: number, index: number, fill: number): Message {
  return {
    type: 'integrity',
    range: rangeOfNode(height, index),
    hash: new Uint8Array(dialect.hashBytes).fill(fill),
  };
}

describe('hashes computed for one peer', () => {
  it('are none for chunks that were not asked for', () => {
    const victim = new Victim();
    const unasked = [...Array(699).keys()].map((chunk) => chunk + 1).filter((chunk) => !victim.asked.includes(chunk));
    const hashes = victim.hashesDuring(() => {
      for (const chunk of unasked) victim.tell(data(chunk));
    });
    expect(hashes).toBe(0);
    expect(victim.fault('data-not-asked')).toBe(unasked.length);
  });

  it('are few for peaks that lead nowhere, however many come, and so are the maps that they fill', () => {
    const victim = new Victim();
    const hashes = victim.hashesDuring(() => {
      for (let time = 0; time < 20_000; time++) victim.tell(claim(20, 0, time % 251), claim(0, 2 ** 20, 1));
    });
    expect(hashes).toBeLessThanOrEqual(limits.peakTriesMax * 50);
    expect(victim.leecher.endpoint.channels.find(victim.channel)?.swarm.holdings.chunkCount).toBeUndefined();
  });

  it('are few for chunks that come again and again with hashes that prove nothing', () => {
    const victim = new Victim();
    const [chunk = 0] = victim.asked;
    const hashes = victim.hashesDuring(() => {
      for (let time = 0; time < 5_000; time++)
        victim.tell(...[1, 2, 3, 4, 5].map((height) => claim(height, 1, time % 251)), data(chunk));
    });
    expect(hashes).toBeLessThan(100);
    expect(victim.open).toBe(false);
  });

  it('end its channel when they led to nothing too often, and are forgiven for what it delivers', () => {
    const victim = new Victim();
    const channel = victim.leecher.endpoint.channels.find(victim.channel);
    channel?.downloader.hashes.spend(limits.hashesForNothing);
    victim.tell(data(victim.asked[0] ?? 0));
    expect(victim.open).toBe(false);
    expect(victim.fault('hash-budget')).toBe(1);
  });

  it('are counted in proportion to what verified', () => {
    const budget = new HashBudget();
    expect(budget.spend(limits.hashesForNothing)).toBe(true);
    budget.earn();
    expect(budget.spend(limits.hashesEarned)).toBe(true);
    expect(budget.spend(1)).toBe(false);
    for (let count = 0; count < 1_000_000; count++) budget.earn();
    expect(budget.spend(limits.hashesForNothingMax)).toBe(true);
    expect(budget.spend(1)).toBe(false);
  });
});

it('a claim of 2^50 chunks takes no memory, and no time', () => {
  const victim = new Victim();
  const height = 50;
  victim.tell(
    { type: 'have', range: { first: 0, last: 2 ** height - 1 } },
    claim(height, 0, 7),
    claim(0, 2 ** height, 7),
  );
  expect(nodeOfRange(rangeOfNode(height, 0))?.height).toBe(height);
  const channel = victim.leecher.endpoint.channels.find(victim.channel);
  expect(channel?.downloader.available.runCount).toBeLessThanOrEqual(2);
  expect(channel?.swarm.holdings.chunkCount).toBeUndefined();
  victim.leecher.wait(second);
  expect(victim.asked.length).toBeLessThan(10);
});

it('a chunk of another swarm is worth nothing, though its hash is known there', () => {
  const other = published(70_000);
  const victim = new Victim();
  victim.leecher.seed(other);
  const [chunk = 0] = victim.asked;
  victim.tell({ type: 'data', range: { first: chunk, last: chunk }, timestamp: 0n, bytes: chunkOf(other, chunk) });
  expect([...victim.leecher.endpoint.swarms.all()].map(({ holdings }) => holdings.held.runCount)).toEqual([0, 1]);
  expect(victim.leecher.endpoint.counters.fetchedBytes).toBe(0);
});
