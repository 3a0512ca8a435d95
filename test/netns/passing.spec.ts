import { epochBase, passedContentMark } from '@weir/datagram';
import { applyRules, planRules, runTool, type RunTool } from '@weir/intercept';
import { connect, endOf, Namespace } from './namespaces';
import { describeNamespaces } from './obstacle';

const families = [
  { name: 'IPv4', origin: '10.94.2.2' },
  { name: 'IPv6', origin: 'fd94:2::2' },
];

/** What fits a packet, and what comes and goes in fragments. */
const lengths = [100, 8_216, 60_000];
const ports = { echo: 7_000, closed: 7_001 };

describeNamespaces('datagrams that are passed on', () => {
  let subscriber: Namespace;
  let pop: Namespace;
  let internet: Namespace;
  let passed: AsyncIterator<string>;

  const inPop: RunTool = (name, { args, ...rest }) =>
    runTool('ip', { args: ['netns', 'exec', pop.name, name, ...args], ...rest });

  async function call(origin: string, port: number, length: number): Promise<unknown> {
    const lines = subscriber.start('passed-peer.ts', 'call', origin, String(port), String(length));
    return JSON.parse(String((await lines.next()).value));
  }

  const next = async (): Promise<unknown> => JSON.parse(String((await passed.next()).value));

  beforeAll(async () => {
    [subscriber, pop, internet] = [new Namespace('subscriber'), new Namespace('pop'), new Namespace('internet')];
    connect(subscriber, pop);
    connect(pop, internet);
    const [inside, outside] = [endOf(subscriber), endOf(internet)];
    subscriber.configure([
      ...[`address add 10.94.1.2/24 dev ${endOf(pop)}`, `address add fd94:1::2/64 dev ${endOf(pop)} nodad`],
      ...['route add default via 10.94.1.1', 'route add default via fd94:1::1'],
    ]);
    pop.configure([
      ...[`address add 10.94.1.1/24 dev ${inside}`, `address add fd94:1::1/64 dev ${inside} nodad`],
      ...[`address add 10.94.2.1/24 dev ${outside}`, `address add fd94:2::1/64 dev ${outside} nodad`],
    ]);
    internet.configure([
      ...[`address add 10.94.2.2/24 dev ${endOf(pop)}`, `address add fd94:2::2/64 dev ${endOf(pop)} nodad`],
      ...['route add default via 10.94.2.1', 'route add default via fd94:2::1'],
    ]);
    const filters = ['all', inside, outside].map((device) => `ipv4.conf.${device}.rp_filter=0`);
    for (const setting of ['ipv4.ip_forward=1', 'ipv6.conf.all.forwarding=1', ...filters])
      pop.run(`sysctl -qw net.${setting}`);
    const intercept = {
      ...{ enabled: true, inside: [inside], outside: [outside], exemptSubscribers: [], exemptDestinations: [] },
      ...{ ports: [], exemptPorts: [], udpPort: 9_100, tcpPort: 9_180, trackers: [] },
      newFlowsPerSecond: 2_000,
    };
    const subscribers = [
      { ip: '10.94.1.0', length: 24, family: 'ipv4' },
      { ip: 'fd94:1::', length: 64, family: 'ipv6' },
    ] as const;
    const others = { ppspp: { listen: [{ port: 6_778 }] }, datapath: { threads: 1 } };
    await applyRules(planRules({ intercept, subscribers, ...others }, true), inPop);
    // It lives until the namespace goes: nobody has to keep it alive here.
    const epoch = String(epochBase);
    pop.run(
      'nft -f -',
      `add element inet weir living { "${inside}" : ${epoch} }\nadd element inet weir alive { ${epoch} }\n`,
    );
    const origin = internet.start('passed-peer.ts', 'echo', String(ports.echo));
    passed = pop.start('passing-way.ts');
    for (const lines of [origin, passed]) expect(await lines.next()).toMatchObject({ value: 'ready' });
  });

  afterAll(async () => {
    for (const namespace of [subscriber, pop, internet]) await namespace.end();
  });

  describe.each(families)('over $name', ({ origin }) => {
    it.each(lengths)('arrive as they were, %d bytes long, and take their flow with them', async (length) => {
      expect(await call(origin, ports.echo, length)).toEqual({ answers: 2, same: true });
      // The first alone: the second goes by the kernel.
      expect(await next()).toEqual({ bytes: length, to: { ip: origin, port: ports.echo } });
    });

    it('have whoever sent them hear that nobody is there', async () => {
      expect(await call(origin, ports.closed, 100)).toEqual({ error: 'ECONNREFUSED' });
      expect(await next()).toMatchObject({ to: { port: ports.closed } });
    });
  });

  it('give their flows the mark of what is passed', () => {
    const flows = pop.run('cat /proc/net/nf_conntrack').split('\n');
    const marked = flows.filter((line) => line.includes(`mark=${String(passedContentMark)}`));
    expect(marked.length).toBeGreaterThanOrEqual(families.length * lengths.length);
  });
});
