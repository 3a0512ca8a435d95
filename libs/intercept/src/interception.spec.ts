import { Registry } from 'prom-client';
import { Interception, type InterceptCondition } from './interception';
import type { RunTool, ToolOutcome } from './kernel/tool';
import { retryMillisMax } from './limits';
import { createInterceptMetrics } from './metrics';
import type { Machine } from './preflight/machine';
import { planRules } from './rules/plan';
import { interceptOptions } from './rules/plan.testing';
import { InterceptMeter } from './traffic/meter';

const counter = { counter: { name: 'passed_content_down_ipv4', packets: 10, bytes: 10_280 } };

/** A machine that takes all rules, and what became of them. */
class Witness {
  readonly deeds: string[] = [];
  readonly conditions: InterceptCondition[] = [];
  readonly registry = new Registry();
  readonly meter = new InterceptMeter(createInterceptMetrics(this.registry));
  forwarding = '1';
  refuses: (deed: string) => boolean = () => false;
  readonly served = { contentBytes: 0, payloadBytes: 0, hitBytes: 940, missBytes: 0 };
  readonly interception: Interception;

  constructor() {
    const machine: Machine = {
      read: (path) => this.read(path),
      isRoot: true,
      nativeReason: undefined,
      hasTool: () => true,
      run: this.run,
    };
    this.interception = new Interception({
      plan: planRules(interceptOptions({ trackers: [{ host: '192.0.2.80', port: 80 }] }), false),
      machine,
      pulse: { slowest: () => 0, revoke: () => this.deeds.push('revoke') },
      meter: this.meter,
      served: () => this.served,
      trackers: { start: () => this.note('proxy starts'), stop: () => this.note('proxy stops') },
      changed: (condition) => this.conditions.push(condition),
    });
  }

  get last(): InterceptCondition | undefined {
    return this.conditions.at(-1);
  }

  private read(path: string): string | undefined {
    if (path === 'self/status') return 'CapEff:\t000001ffffffffff\n';
    if (path === 'sys/net/netfilter/nf_conntrack_count') return '250\n';
    if (path === 'sys/net/netfilter/nf_conntrack_max') return '1000\n';
    if (path === 'net/dev') return '  lo: 0\n  eth0: 0\n';
    return path === 'sys/net/ipv4/ip_forward' ? this.forwarding : undefined;
  }

  private readonly run: RunTool = (name, { args, input = '' }): Promise<ToolOutcome> => {
    if (args.includes('--check')) return ended(true);
    if (args.includes('counters')) return ended(true, JSON.stringify({ nftables: [counter] }));
    if (args.includes('show')) return ended(true, '[]');
    const deed = name === 'ip' ? args.slice(1, 3).join(' ') : verbOf(input);
    this.deeds.push(deed);
    return ended(!this.refuses(deed));
  };

  private note(deed: string): Promise<void> {
    this.deeds.push(deed);
    return Promise.resolve();
  }
}

function ended(ok: boolean, stdout = ''): Promise<ToolOutcome> {
  return Promise.resolve({ ok, stdout, complaint: ok ? '' : 'Error: it is not possible\n' });
}

function verbOf(script: string): string {
  if (script.startsWith('create element')) return 'epoch begins';
  if (script.startsWith('add element')) return 'epoch ends';
  if (script.startsWith('delete element')) return 'beat';
  return script.includes('chain') ? 'rules in place' : 'rules removed';
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('an interception', () => {
  const witnesses: Witness[] = [];

  function witness(): Witness {
    const one = new Witness();
    witnesses.push(one);
    return one;
  }
  afterEach(async () => {
    for (const { interception } of witnesses.splice(0)) await interception.stop();
    jest.useRealTimers();
  });

  it('diverts nothing before all is there, and ends the epoch before anything else', async () => {
    const { interception, deeds, conditions, meter, served, registry } = witness();
    await interception.start();
    await until(() => conditions.length > 0);
    expect(conditions).toEqual([{ ready: true, epoch: interception.state.epoch }]);
    expect(deeds).toEqual(['proxy starts', 'route replace', 'rule add', 'rules in place', 'epoch begins']);
    await interception.stop();
    expect(conditions).toHaveLength(1);
    expect(deeds.slice(5).filter((deed) => deed !== 'beat')).toEqual(['epoch ends', 'rules removed', 'proxy stops']);
    expect(await registry.metrics()).toMatch(/intercept_tracked_flows 250\n[^]*intercept_tracked_flows_max 1000\n/);
    expect(meter.estimate(served)).toEqual({ contentBytes: 9_400, byteHitRatio: 1 / 11 });
  });

  it('begins by itself when what was missing is there', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    const one = witness();
    one.forwarding = '0';
    await one.interception.start();
    expect(one.last).toMatchObject({ ready: false, reason: expect.stringContaining('net/ipv4/ip_forward is 0') });
    expect(one.deeds).toEqual([]);
    one.forwarding = '1';
    jest.advanceTimersByTime(retryMillisMax);
    await until(() => one.last?.ready === true);
  });

  it('says what the kernel refuses', async () => {
    const one = witness();
    one.refuses = (deed) => deed === 'rules in place';
    await one.interception.start();
    expect(one.last).toMatchObject({
      ready: false,
      reason: 'the packet filter refuses our rules: Error: it is not possible',
    });
    expect(one.deeds).not.toContain('epoch begins');
    await one.interception.stop();
    expect(one.deeds.at(-1)).toBe('proxy stops');
  });

  it('says why no epoch lives, and has the threads discard', async () => {
    const one = witness();
    one.refuses = (deed) => deed === 'epoch begins';
    await one.interception.start();
    await until(() => one.last !== undefined);
    expect(one.last).toMatchObject({ ready: false, reason: 'no epoch lives: Error: it is not possible' });
    expect(one.deeds).toContain('revoke');
    expect(one.interception.state).toMatchObject({ epoch: undefined, beatsFailed: 1 });
  });

  it('ends the epoch when a thread has lost its flows', async () => {
    const one = witness();
    await one.interception.start();
    await until(() => one.last?.ready === true);
    one.interception.flowsLost();
    await until(() => one.deeds.includes('epoch ends'));
    expect(one.deeds.slice(5).filter((deed) => deed !== 'beat')).toEqual(['revoke', 'epoch ends']);
    expect(one.last?.ready).toBe(false);
  });

  it('that is stopped before it began leaves nothing', async () => {
    const { interception, deeds } = witness();
    const starting = interception.start();
    await interception.stop();
    await starting;
    expect(deeds).not.toContain('epoch begins');
    expect(deeds.includes('rules in place')).toBe(deeds.includes('rules removed'));
  });
});
