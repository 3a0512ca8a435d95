import { execFileSync } from 'node:child_process';
import { kill } from 'node:process';
import { epochBase } from '@weir/datagram';
import { applyRules, planRules, type RulePlan } from '@weir/intercept';
import { decodeResponse } from '@weir/ppstp';
import { interceptOptions } from '../../libs/intercept/src/rules/plan.testing';
import { describeNamespaces } from './obstacle';
import { layRow, type Row } from './row';

/** The tracker, one that is not intercepted, and one that is not there. */
const ports = { tracker: 7_070, other: 7_071, closed: 7_072 };

const families = [
  { name: 'IPv4', client: '10.93.1.2', origin: '10.93.2.2', service: '10.93.1.1' },
  { name: 'IPv6', client: 'fd93:1::2', origin: 'fd93:2::2', service: 'fd93:1::1' },
];

interface Said {
  readonly port?: number;
  readonly asked?: readonly { readonly sent: string; readonly heard: string }[];
  readonly error?: string;
  readonly [name: string]: unknown;
}

describeNamespaces('the tracker intercept', () => {
  let row: Row;
  let told: AsyncIterator<string>;

  /** What a client tells of one task. */
  async function speak(...words: string[]): Promise<Said> {
    const { value } = await row.subscriber.start('tracker-client.ts', ...words).next();
    const said: Said = JSON.parse(String(value));
    return said;
  }

  /** An epoch that lives until it is ended: nobody has to keep it alive here. */
  function live(verb: 'add' | 'delete', inside: string): void {
    const epoch = String(epochBase);
    const value = verb === 'add' ? ` : ${epoch}` : '';
    row.pop.run(
      'nft -f -',
      `${verb} element inet weir living { "${inside}"${value} }\n${verb} element inet weir alive { ${epoch} }\n`,
    );
  }

  beforeAll(async () => {
    row = layRow(93);
    const { pop, internet, inside, inPop } = row;
    await applyRules(planOf(row), inPop);
    live('add', inside);
    const origin = internet.start('tracker-origin.ts', String(ports.tracker), String(ports.other));
    told = pop.start('tracker-way.ts', '10.93.1.1', 'fd93:1::1');
    for (const lines of [origin, told]) expect(await lines.next()).toMatchObject({ value: 'ready' });
  });

  afterAll(async () => {
    await row.end();
  });

  describe.each(families)('over $name', ({ client, origin, service }) => {
    it('puts the appliance first in answers to a request that arrives as it was sent, from whoever sent it', async () => {
      const { port, asked = [] } = await speak('ask', origin, String(ports.tracker));
      expect(asked).toHaveLength(2);
      for (const { sent, heard } of asked) {
        const answer = decodeResponse(heard.split('\r\n\r\n')[1] ?? '');
        const peers = answer.ok ? answer.message.results[0]?.peers?.map(({ address }) => address) : [];
        expect(peers).toMatchObject([
          { ip: service, port: 6_778, priority: 2 },
          { ip: '198.51.100.1', priority: 1 },
        ]);
        expect(Buffer.from(/x-heard: (.*)/i.exec(heard)?.[1] ?? '', 'base64').toString('latin1')).toBe(sent);
        const [ip, from] = askedBy(heard);
        expect(ip).toBe(client);
        // Of two connections between one pair of addresses, connection tracking can tell apart only those with two ports.
        expect(from).not.toBe(port);
      }
      expect(JSON.parse(String((await told.next()).value))).toEqual({ swarmId: 'aa', ip: client });
    });

    it('carries any other protocol byte for byte', async () => {
      expect(await speak('echo', origin, String(ports.tracker))).toMatchObject({ count: 8_000_000, same: true });
    });

    it('calls the tracker from another port than the subscriber did, though the system would choose that first', async () => {
      row.pop.run('bash -s', "sysctl -qw net.ipv4.ip_local_port_range='40000 40001'");
      const { port, asked = [] } = await speak('ask', origin, String(ports.tracker), '40001');
      row.pop.run('bash -s', "sysctl -qw net.ipv4.ip_local_port_range='32768 60999'");
      expect(port).toBe(40_001);
      expect(askedBy(asked[0]?.heard ?? '')).toEqual([client, 40_000]);
      await told.next();
    });

    it('leaves other ports alone', async () => {
      const { port, asked = [] } = await speak('ask', origin, String(ports.other));
      expect(askedBy(asked[0]?.heard ?? '')).toEqual([client, port]);
      expect(asked[0]?.heard).not.toContain('weir-1');
    });

    it('closes a connection to a tracker that is not there', async () => {
      expect(await speak('try', origin, String(ports.closed))).toMatchObject({ error: 'ECONNRESET' });
    });
  });

  describe.each(families)('leaves the way over $name to the tracker', ({ client, origin }) => {
    const direct = async () => {
      const { port, asked = [] } = await speak('ask', origin, String(ports.tracker));
      expect(askedBy(asked[0]?.heard ?? '')).toEqual([client, port]);
    };

    it('while no epoch lives', async () => {
      live('delete', row.inside);
      await direct();
      live('add', row.inside);
    });

    it('when it is gone', async () => {
      for (const pid of execFileSync('ip', ['netns', 'pids', row.pop.name], { encoding: 'utf8' }).split('\n')) {
        if (pid !== '') kill(Number(pid), 'SIGKILL');
      }
      expect(await told.next()).toMatchObject({ done: true });
      await direct();
    });
  });
});

/** Who asked, as the tracker says: address and port. */
function askedBy(heard: string): [string, number] {
  const [, ip = '', port = ''] = /x-asked-by: (.*)\/(\d+)/i.exec(heard) ?? [];
  return [ip, Number(port)];
}

function planOf({ inside, outside, subscribers }: Row): RulePlan {
  const trackers = families.flatMap(({ origin: host }) =>
    [ports.tracker, ports.closed].map((port) => ({ host, port })),
  );
  const intercept = { inside: [inside], outside: [outside], exemptPorts: [], trackers };
  return planRules(interceptOptions(intercept, { subscribers }), true);
}
