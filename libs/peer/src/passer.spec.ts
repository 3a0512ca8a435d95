import {
  passedContentMark,
  passedOtherMark,
  relayedMark,
  type DatagramFaultKind,
  type PassedDatagram,
} from '@weir/datagram';
import type { Address, Flow } from '@weir/ppspp';
import { Registry } from 'prom-client';
import { createDatapathMetrics } from './datapath-metrics';
import { OwnAddresses } from './own-addresses';
import { Passer, type WayOut } from './passer';

/** What left, with which mark; and which marks' ways are open. */
class World {
  readonly left: (PassedDatagram & { readonly mark: number })[] = [];
  readonly open = new Set<number>();
  fault: DatagramFaultKind | undefined;
  refusesFrom = Number.POSITIVE_INFINITY;
  readonly registry = new Registry();
  readonly passer = new Passer(
    (mark) => this.way(mark),
    new OwnAddresses([{ ip: '192.0.2.99', port: 6_778 }]),
    createDatapathMetrics(this.registry),
  );

  async count(name: string): Promise<Record<string, number>> {
    const { values = [] } = (await this.registry.getSingleMetric(name)?.get()) ?? {};
    return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels).join(), value]));
  }

  private way(mark: number): WayOut {
    return {
      open: () => {
        if (this.open.size >= this.refusesFrom) throw new RangeError('no more');
        this.open.add(mark);
      },
      pass: (datagram) => {
        if (this.fault === undefined) this.left.push({ ...datagram, mark });
        return this.fault;
      },
      close: () => this.open.delete(mark),
    };
  }
}

const from: Address = { ip: '198.51.100.1', port: 4_000 };
const origin: Address = { ip: '203.0.113.7', port: 6_778 };
const bytes = Buffer.from('anything');

describe('Passer', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    world.passer.open();
  });

  it.each<[Flow, number]>([
    ['shared', relayedMark],
    ['content', passedContentMark],
    ['other', passedOtherMark],
  ])('sends a datagram on as its sender did, marked by what is on the flow: %s', async (flow, mark) => {
    world.passer.pass({ from, origin, bytes }, flow);
    expect(world.left).toEqual([{ to: origin, from, bytes, mark }]);
    expect(await world.count('datapath_passed_total')).toEqual({ [flow]: 1 });
  });

  it.each([
    ['to loopback', from, { ip: '127.0.0.1', port: 9_100 }],
    ['to loopback of IPv6', { ip: '2001:db8::1', port: 1 }, { ip: '::1', port: 9_100 }],
    ['to an address of ours', from, { ip: '192.0.2.99', port: 53 }],
    ['from an address of ours', { ip: '192.0.2.99', port: 53 }, origin],
    ['from loopback', { ip: '127.9.9.9', port: 53 }, origin],
  ])('sends nothing on that goes %s, where it would come back', async (_, sender, receiver) => {
    for (const flow of ['shared', 'content', 'other'] as const)
      world.passer.pass({ from: sender, origin: receiver, bytes }, flow);
    expect(world.left).toEqual([]);
    expect(await world.count('datapath_pass_faults_total')).toEqual({ 'to-ourselves': 3 });
  });

  it('relays nothing that comes back again and again', async () => {
    for (let round = 0; round < 1_000; round++) world.passer.pass({ from, origin, bytes }, 'shared');
    expect(world.left).toHaveLength(64);
    expect(await world.count('datapath_pass_faults_total')).toEqual({ circles: 936 });
  });

  it('counts what could not be sent', async () => {
    world.fault = 'no-buffers';
    world.passer.pass({ from, origin, bytes }, 'content');
    expect(await world.count('datapath_pass_faults_total')).toEqual({ 'no-buffers': 1 });
    expect(await world.count('datapath_passed_total')).toEqual({});
  });

  it('leaves no way open when one cannot be opened, nor after its end', () => {
    expect(world.open.size).toBe(3);
    world.passer.close();
    expect(world.open.size).toBe(0);
    world.refusesFrom = 2;
    expect(() => {
      world.passer.open();
    }).toThrow('no more');
    expect(world.open.size).toBe(0);
  });
});
