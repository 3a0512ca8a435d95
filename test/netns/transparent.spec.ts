import { connect, endOf, Namespace } from './namespaces';
import { describeNamespaces } from './obstacle';

const rules = (inside: string) => `
table inet weir {
  chain divert {
    type filter hook prerouting priority mangle; policy accept;
    iifname "${inside}" meta l4proto udp tproxy to :9100 meta mark set 1
    iifname "${inside}" meta l4proto tcp socket transparent 1 socket wildcard 0 meta mark set 1 accept
    iifname "${inside}" tcp dport 80 tproxy to :9180 meta mark set 1
  }
  chain leave {
    type filter hook output priority mangle; policy accept;
    meta l4proto udp meta mark 7 ip dscp 10 counter
    meta l4proto udp meta mark 7 ip6 dscp 10 counter
  }
}
`;

describeNamespaces('transparent sockets, across network namespaces', () => {
  let subscriber: Namespace;
  let appliance: Namespace;

  beforeAll(async () => {
    subscriber = new Namespace('subscriber');
    appliance = new Namespace('appliance');
    connect(subscriber, appliance);
    const [inside, outside] = [endOf(subscriber), endOf(appliance)];
    subscriber.run(`ip address add 10.91.0.2/24 dev ${outside}`);
    subscriber.run(`ip address add fd91::2/64 dev ${outside} nodad`);
    appliance.run(`ip address add 10.91.0.1/24 dev ${inside}`);
    appliance.run(`ip address add fd91::1/64 dev ${inside} nodad`);
    subscriber.run('ip route add default via 10.91.0.1');
    subscriber.run('ip -6 route add default via fd91::1');
    for (const family of ['-4', '-6']) {
      appliance.run(`ip ${family} rule add fwmark 1 lookup 100`);
      appliance.run(`ip ${family} route add local default dev lo table 100`);
    }
    for (const setting of ['ipv4.ip_forward=1', 'ipv6.conf.all.forwarding=1', 'ipv4.conf.all.rp_filter=0'])
      appliance.run(`sysctl -qw net.${setting}`);
    appliance.run(`sysctl -qw net.ipv4.conf.${inside}.rp_filter=0`);
    appliance.run('nft -f -', rules(inside));
    const lines = appliance.start('transparent-echo.ts');
    expect(await lines.next()).toMatchObject({ value: 'ready' });
  });

  afterAll(async () => {
    await subscriber.end();
    await appliance.end();
  });

  it('hear datagrams for any foreign address and port, and answer from there', async () => {
    const targets = [
      '198.51.100.7/7000',
      '198.51.100.7/7001',
      '198.51.100.8/9100',
      '2001:db8::7/7000',
      '2001:db8::8/9100',
    ];
    const lines = subscriber.start('subscriber.ts', 'udp', ...targets);
    const answers = await take(lines, targets.length);
    const echoed = Array.from({ length: 30 }, (_, index) => String.fromCharCode(65 + index).repeat(1_000)).join('');
    expect(answers).toEqual(
      targets.map((target) => ({ asked: target.replace('/', ' '), answer: echoed })).sort(byTarget),
    );
  });

  it.each(['198.51.100.7', '2001:db8::7'])('send and receive trains of what fits no packet, to %s', async (ip) => {
    const { value } = await subscriber.start('native-peer.ts', 'large', ip, '7000').next();
    const lengths = [1_400, 8_216, 20_000].flatMap((length) => Array.from({ length: 10 }, () => length));
    expect(JSON.parse(String(value))).toEqual({ heard: lengths, faults: [] });
  });

  it('wait for a link that takes no more, and drop what does not fit in the queue', async () => {
    const shaped = `dev ${endOf(appliance)} root`;
    subscriber.run(`tc qdisc add ${shaped} tbf rate 200mbit burst 64kb limit 64mb`);
    const { value } = await subscriber.start('native-peer.ts', 'burst', '198.51.100.7', '7000').next();
    const told: Readonly<Record<string, number>> = JSON.parse(String(value));
    subscriber.run(`tc qdisc delete ${shaped}`);
    const { offered = 0, taken = 0, first, sent, lost } = told;
    expect(first).toBeLessThan(taken);
    expect(sent).toBe(taken);
    expect(told).toMatchObject({ lost: offered - taken, kinds: ['queue-full'] });
    expect(lost).toBeGreaterThan(0);
  });

  it('mark what they send, and give it a code point', () => {
    const counters = appliance.run('nft list chain inet weir leave').match(/(?<=packets )\d+/g) ?? [];
    expect(counters).toHaveLength(2);
    for (const packets of counters) expect(Number(packets)).toBeGreaterThan(0);
  });

  it('accept connections to any foreign address, and know which', async () => {
    const targets = ['198.51.100.9/80', '203.0.113.1/80', '2001:db8::9/80'];
    const lines = subscriber.start('subscriber.ts', 'tcp', ...targets);
    const answers = await take(lines, targets.length);
    const meant = (ip: string) => (ip.includes(':') ? ip : `::ffff:${ip}`);
    expect(answers).toEqual(
      targets
        .map((target) => target.replace('/', ' '))
        .map((asked) => ({ asked, answer: meant(asked) }))
        .sort(byTarget),
    );
  });
});

interface Answer {
  readonly asked: string;
  readonly answer: string;
}

async function take(lines: AsyncIterator<string>, count: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    const answer: Answer = JSON.parse(line.value);
    answers.push(answer);
    if (answers.length === count) break;
  }
  return answers.sort(byTarget);
}

function byTarget(one: Answer, other: Answer): number {
  return one.asked < other.asked ? -1 : 1;
}
