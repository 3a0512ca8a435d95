import { epochAt, machineMicros } from '@weir/datagram';
import {
  applyRules,
  epochScripts,
  inspectRules,
  planRules,
  removeRules,
  ruleScript,
  runTool,
  type InterceptOptions,
  type RulePlan,
  type RunTool,
} from '@weir/intercept';
import fc from 'fast-check';
import { interceptOptions } from '../../libs/intercept/src/rules/plan.testing';
import { describeNamespaces } from './obstacle';
import { layRow, type Row } from './row';

/** What a HANDSHAKE begins with: channel 0, the message's type, a channel ID, the version option. RFC 7574 section 8.4. */
const handshake = '00000000 00 5ead0001 0001 0203';
const otherProtocol = 'c0000000 01 5ead0001 0001 0203';

describeNamespaces('the rules', () => {
  let row: Row;
  let options: InterceptOptions;
  let plan: RulePlan;
  let heard: AsyncIterator<string>;
  let diverted: AsyncIterator<string>;
  const foreign = 'table ip6 foreign {\n\tchain kept {\n\t}\n}\n';

  const inPop: RunTool = (name, wishes) => row.inPop(name, wishes);

  beforeAll(async () => {
    row = layRow(92);
    const { pop, internet, inside, subscribers } = row;
    pop.run('nft -f -', foreign);
    options = interceptOptions({ inside: [inside] }, { subscribers, datapath: { threads: 2 } });
    plan = planRules(options, true);
    heard = internet.start('listener.ts', '::/7000', '::/7001', '::/53');
    diverted = pop.start('listener.ts', '127.0.0.1/9100', '127.0.0.1/9101', '::1/9100', '::1/9101');
    for (const lines of [heard, diverted]) expect(await lines.next()).toMatchObject({ value: 'ready' });
  });

  afterAll(async () => {
    await row.end();
  });

  /** Sends datagrams, in hex, as one flow from a fresh port. */
  function send(ip: string, port: number, ...datagrams: string[]): void {
    const lines = datagrams.map((hex) => `printf '${hex.replaceAll(' ', '').replace(/../g, '\\x$&')}' >&3`);
    row.subscriber.run('bash -s', [`exec 3>/dev/udp/${ip}/${String(port)}`, ...lines].join('\n'));
  }

  const next = async (lines: AsyncIterator<string>): Promise<unknown> => JSON.parse(String((await lines.next()).value));
  const inspect = () => inspectRules(plan, inPop, machineMicros());
  const tell = (script: string) => inPop('nft', { args: ['-f', '-'], input: script });

  it('are put in place twice as once, and leave the tables of others alone', async () => {
    expect(await inspect()).toMatchObject({ rules: 'absent', epochs: [], counters: {} });
    await applyRules(plan, inPop);
    await applyRules(plan, inPop);
    expect(await inspect()).toMatchObject({ rules: 'as configured', differences: [], epochs: [] });
    for (const family of ['-4', '-6'])
      expect(row.pop.run(`ip ${family} rule show`).match(/lookup 6778/g)).toHaveLength(1);
    expect(row.pop.run('nft list table ip6 foreign')).toBe(foreign);
  });

  it.each(['10.92.2.2', 'fd92:2::2'])('without a living epoch let a HANDSHAKE to %s pass', async (ip) => {
    send(ip, 7000, handshake);
    expect(await next(heard)).toMatchObject({ at: 7000, begins: '00000000' });
  });

  describe('while an epoch lives', () => {
    let epoch = 0;
    let keeping: NodeJS.Timeout;
    const scripts = () => epochScripts(plan.inside);

    beforeAll(async () => {
      epoch = epochAt(machineMicros());
      expect(await tell(scripts().begin(epoch))).toMatchObject({ ok: true });
      keeping = setInterval(() => void tell(scripts().beat(epoch)), 400);
    });
    afterAll(async () => {
      clearInterval(keeping);
      await tell(scripts().end(epoch));
    });

    it('say so, and how old it is', async () => {
      const { epochs } = await inspect();
      expect(epochs).toMatchObject([{ interface: row.inside, epoch }]);
      expect(epochs[0]?.ageMillis).toBeLessThan(30_000);
    });

    it.each(['10.92.2.2', 'fd92:2::2'])(
      'divert what begins with a HANDSHAKE to %s, to the thread it is for',
      async (ip) => {
        send(ip, 7000, handshake, '10000007', '00000000', 'f0000001');
        const to = `${ip}/7000`;
        expect(await next(diverted)).toEqual({ at: 9100, to, begins: '00000000' });
        const rest = [await next(diverted), await next(diverted), await next(diverted)];
        expect(rest).toContainEqual({ at: 9101, to, begins: '10000007' });
        expect(rest).toContainEqual({ at: 9100, to, begins: '00000000' });
        expect(rest).toContainEqual({ at: 9100, to, begins: 'f0000001' });
        const { counters } = await inspect();
        expect(counters[ip.includes(':') ? 'intercepted_ipv6' : 'intercepted_ipv4']?.packets).toBe(4);
      },
    );

    it.each<[string, number, string]>([
      ['another protocol', 7001, otherProtocol],
      ['an exempt port', 53, handshake],
    ])('let %s pass', async (_, port, datagram) => {
      send('10.92.2.2', port, datagram, datagram);
      expect(await next(heard)).toMatchObject({ at: port });
      expect(await next(heard)).toMatchObject({ at: port });
    });

    it('let what is for the machine itself alone', async () => {
      const own = row.pop.start('listener.ts', '10.92.1.1/7002');
      await own.next();
      send('10.92.1.1', 7002, handshake);
      expect(await next(own)).toMatchObject({ at: 7002, to: '10.92.1.1/7002' });
    });

    it('let pass what begins faster than they allow', async () => {
      const slow = planRules({ ...options, intercept: { ...options.intercept, newFlowsPerSecond: 1 } }, true);
      await applyRules(slow, inPop);
      const later = epochAt(machineMicros());
      expect(await tell(scripts().begin(later))).toMatchObject({ ok: true });
      for (let flow = 0; flow < 4; flow++) send('10.92.2.2', 7000, handshake);
      expect(await next(diverted)).toMatchObject({ at: 9100 });
      const { counters } = await inspectRules(slow, inPop, machineMicros());
      const hurried = counters['begun_too_fast']?.packets ?? 0;
      expect(hurried).toBeGreaterThan(0);
      for (let flow = 0; flow < hurried; flow++)
        expect(await next(heard)).toMatchObject({ at: 7000, begins: '00000000' });
      await applyRules(plan, inPop);
    });

    it('are no longer as configured when somebody changes them', async () => {
      row.pop.run('nft add rule inet weir guard accept');
      expect(await inspect()).toMatchObject({
        rules: 'different',
        differences: [expect.stringMatching(/^chain guard has \d rules, not \d$/)],
      });
      row.pop.run('ip -6 rule delete pref 6778');
      expect((await inspect()).differences.at(-1)).toMatch(/^ip -6 rule add pref 6778 .* is missing$/);
      const other = planRules({ ...options, datapath: { threads: 3 } }, true);
      expect(await inspectRules(other, inPop, machineMicros())).toMatchObject({
        rules: 'different',
        differences: [expect.stringContaining('another configuration'), expect.any(String)],
      });
    });
  });

  it('go as if they had never been, twice as once', async () => {
    row.pop.run('ip rule add pref 5000 fwmark 0x77650001 lookup 6778');
    await removeRules(true, inPop);
    await removeRules(true, inPop);
    expect(await inspect()).toMatchObject({ rules: 'absent' });
    expect(row.pop.run('nft list tables')).toBe('table ip6 foreign\n');
    expect(row.pop.run('ip -4 rule show') + row.pop.run('ip -6 rule show')).not.toContain('6778');
    expect(row.pop.run('ip -4 route show table all') + row.pop.run('ip -6 route show table all')).not.toContain(
      'table 6778',
    );
    send('10.92.2.2', 7000, handshake);
    expect(await next(heard)).toMatchObject({ at: 7000 });
  });

  it('are put in place by tools that are killed when they hang', async () => {
    const { ok, complaint } = await runTool('ip', { args: ['monitor'], millisMax: 100 });
    expect({ ok, complaint }).toEqual({ ok: false, complaint: 'ip was stopped by SIGKILL, after 100 ms at most' });
    expect(await runTool('nft', { args: ['-f', '-'], input: 'nonsense\n' })).toMatchObject({
      ok: false,
      complaint: expect.stringContaining('syntax error'),
    });
  });

  it('are rules to the packet filter, whatever is configured', async () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    const range = fc.tuple(port, port).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
    const prefix = fc.oneof(
      fc.integer({ min: 0, max: 255 }).map((a) => ({ ip: `${String(a)}.0.0.0`, length: 8, family: 'ipv4' as const })),
      fc.integer({ min: 0, max: 255 }).map((a) => ({
        ip: `2001:${a.toString(16)}::`,
        length: 32,
        family: 'ipv6' as const,
      })),
    );
    const prefixes = fc.array(prefix, { maxLength: 8 });
    const names = fc.uniqueArray(fc.constantFrom('eth0', 'eth1', 'vlan.7', 'a-b_c', '0'), {
      minLength: 1,
      maxLength: 3,
    });
    const trackers = fc.array(fc.record({ host: fc.constantFrom('192.0.2.80', '2001:db8::80'), port }), {
      maxLength: 4,
    });
    const intercept = fc.record({
      ...{ enabled: fc.constant(true), inside: names, outside: names, exemptSubscribers: prefixes, trackers },
      exemptDestinations: prefixes,
      ports: fc.array(range, { maxLength: 5 }),
      exemptPorts: fc.array(range, { maxLength: 5 }),
      udpPort: fc.integer({ min: 1, max: 65_519 }),
      tcpPort: port,
      newFlowsPerSecond: port,
    });
    const any = fc.record({
      intercept,
      subscribers: prefixes,
      ppspp: fc.record({ listen: fc.array(fc.record({ port }), { maxLength: 3 }) }),
      datapath: fc.record({ threads: fc.integer({ min: 1, max: 16 }) }),
    });
    await fc.assert(
      fc.asyncProperty(any, fc.boolean(), async (configured, ipv6) => {
        const { text } = ruleScript(planRules(configured, ipv6));
        expect(await inPop('nft', { args: ['--check', '-f', '-'], input: text })).toMatchObject({ ok: true });
      }),
      { numRuns: 40 },
    );
  });
});
