import { epochBase, passedContentMark } from '@weir/datagram';
import { applyRules, planRules } from '@weir/intercept';
import { interceptOptions } from '../../libs/intercept/src/rules/plan.testing';
import { describeNamespaces } from './obstacle';
import { layRow, type Row } from './row';

const families = [
  { name: 'IPv4', origin: '10.94.2.2' },
  { name: 'IPv6', origin: 'fd94:2::2' },
];

/** What fits a packet, and what comes and goes in fragments. */
const lengths = [100, 8_216, 60_000];
const ports = { echo: 7_000, closed: 7_001 };

describeNamespaces('datagrams that are passed on', () => {
  let row: Row;
  let passed: AsyncIterator<string>;

  async function call(origin: string, port: number, length: number): Promise<unknown> {
    const lines = row.subscriber.start('passed-peer.ts', 'call', origin, String(port), String(length));
    return JSON.parse(String((await lines.next()).value));
  }

  const next = async (): Promise<unknown> => JSON.parse(String((await passed.next()).value));

  beforeAll(async () => {
    row = layRow(94);
    const { pop, internet, inside, outside, subscribers, inPop } = row;
    const options = interceptOptions({ inside: [inside], outside: [outside], exemptPorts: [] }, { subscribers });
    await applyRules(planRules(options, true), inPop);
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
    await row.end();
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
    const flows = row.pop.run('cat /proc/net/nf_conntrack').split('\n');
    const marked = flows.filter((line) => line.includes(`mark=${String(passedContentMark)}`));
    expect(marked.length).toBeGreaterThanOrEqual(families.length * lengths.length);
  });
});
