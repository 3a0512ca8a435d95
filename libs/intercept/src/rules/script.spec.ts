import { interceptOptions } from './plan.testing';
import { planRules } from './plan';
import { ruleScript } from './script';
import { routingsOf } from './routes';
import { sysctlLine, sysctlsOf } from './sysctls';

const scriptOf = (...options: Parameters<typeof interceptOptions>) =>
  ruleScript(planRules(interceptOptions(...options), true));

/** The rules of a chain, as the script has them. */
function chain(name: string, text: string): string[] {
  const [, body = ''] = new RegExp(`\\n  chain ${name} \\{\\n([^}]*(?:\\}[^\\n][^}]*)*?)\\n  \\}\\n`).exec(text) ?? [];
  return body.split('\n').map((line) => line.trim());
}

function setElements(name: string, text: string): string | undefined {
  return new RegExp(`\\n  set ${name} \\{[^}]*?elements = \\{ (.*) \\}`).exec(text)?.[1];
}

describe('the rules', () => {
  const { text } = scriptOf();

  it('replace our table in one transaction, and name no other', () => {
    expect(text.startsWith('add table inet weir\ndelete table inet weir\ntable inet weir {\n')).toBe(true);
    expect(text.match(/\btable\b/g)).toHaveLength(3);
    expect(text).not.toMatch(/flush|ruleset/);
  });

  it('recognise what subscribers send first, and mark it with the living epoch', () => {
    expect(chain('divert', text)).toEqual([
      'type filter hook prerouting priority mangle; policy accept;',
      'iifname { "eth0", "weir-probe0" } meta l4proto udp goto from_subscriber',
      'iifname { "eth0" } meta l4proto ipv6-icmp ct state related ct mark @alive meta mark set 0x77650001 accept',
    ]);
    expect(chain('from_subscriber', text)).toEqual([
      'fib daddr type != unicast accept',
      'ct mark { 0x77650003, 0x77650004 } accept',
      'ct mark @alive goto steer',
      'ip saddr @subscribers_ipv4 goto addressed',
      'iifname "weir-probe0" ip saddr @probes goto addressed',
    ]);
    expect(chain('addressed', text)).toEqual([
      'ip daddr @subscribers_ipv4 accept',
      'udp dport @exempt_ports accept',
      'ct direction original @th,64,40 0 @th,136,16 0x0001 goto begin',
    ]);
    expect(chain('begin', text)).toEqual([
      'limit rate over 2000/second burst 2000 packets counter name "begun_too_fast" accept',
      'ct mark set iifname map @living goto steer',
    ]);
  });

  it('look for who listens before they mark what is delivered here', () => {
    const { text: many } = scriptOf({ trackers: [{ host: '192.0.2.80', port: 80 }] }, { datapath: { threads: 3 } });
    const diverting = many.split('\n').filter((line) => line.includes('tproxy'));
    expect(diverting).toHaveLength(1 + 3 + 3 + 2);
    for (const rule of diverting)
      expect(rule).toMatch(/tproxy ip6? to \S+ meta mark set 0x77650001 (?:counter \S+ "\w+" )?accept$/);
  });

  it('steer by the upper bits of the channel ID, and what has none of ours to the first thread', () => {
    const { text: two } = scriptOf({}, { datapath: { threads: 2 } });
    const taken = (family: string, to: string) =>
      `tproxy ${to} meta mark set 0x77650001 counter name "intercepted_${family}" accept`;
    expect(chain('steer', two)).toEqual([
      'iifname "weir-probe0" meta nfproto ipv4 meta l4proto udp tproxy ip to 127.0.0.1:9116 meta mark set 0x77650001 accept',
      'iifname "weir-probe0" accept',
      `meta nfproto ipv4 meta l4proto udp @th,64,4 1 ${taken('ipv4', 'ip to 127.0.0.1:9101')}`,
      `meta nfproto ipv4 meta l4proto udp ${taken('ipv4', 'ip to 127.0.0.1:9100')}`,
      `meta nfproto ipv6 meta l4proto udp @th,64,4 1 ${taken('ipv6', 'ip6 to [::1]:9101')}`,
      `meta nfproto ipv6 meta l4proto udp ${taken('ipv6', 'ip6 to [::1]:9100')}`,
    ]);
  });

  it('remember what is passed, count it, and let nobody forge a subscriber', () => {
    expect(chain('leave', text)).toContain('meta mark { 0x77650003, 0x77650004 } ct mark set meta mark');
    expect(chain('through', text)).toContain('ct mark { 0x77650003, 0x77650004 } goto passed');
    expect(chain('passed', text)).toHaveLength(8);
    expect(chain('passed', text)).toContain(
      'ct mark 0x77650003 ct direction reply meta nfproto ipv6 counter name "passed_content_down_ipv6"',
    );
    expect(chain('guard', text)[1]).toBe(
      'iifname != { "eth0", "lo" } udp dport @service_ports ip saddr @subscribers_ipv4 counter name "spoofed" drop',
    );
  });

  it.each<[string, Parameters<typeof interceptOptions>[0], string[]]>([
    ['all others', {}, ['iifname != { "eth0", "lo" }']],
    ['one that is named', { outside: ['eth1'] }, ['iifname { "eth1" }']],
    ['one that is inside too', { outside: ['eth0'] }, []],
  ])('guard against forgers on %s', (_, intercept, expected) => {
    const rules = chain('guard', scriptOf(intercept).text).slice(1);
    expect(rules.map((rule) => rule.split(' udp ')[0])).toEqual(expected);
  });

  it('leave alone what is exempt', () => {
    const { text: exempting } = scriptOf({
      exemptSubscribers: [{ ip: '100.64.0.7', length: 32, family: 'ipv4' }],
      exemptDestinations: [{ ip: '2001:db8::', length: 32, family: 'ipv6' }],
      ports: [
        { first: 6778, last: 6778 },
        { first: 7000, last: 7999 },
      ],
    });
    expect(chain('addressed', exempting)).toEqual([
      'ip saddr @exempt_subscribers_ipv4 accept',
      'ip daddr @subscribers_ipv4 accept',
      'ip6 daddr @exempt_destinations_ipv6 accept',
      'udp dport != @ports accept',
      'udp dport @exempt_ports accept',
      expect.stringContaining('goto begin'),
    ]);
    expect(setElements('ports', exempting)).toBe('6778, 7000-7999');
    expect(setElements('exempt_destinations_ipv6', exempting)).toBe('2001:db8::/32');
  });

  it('divert connections to trackers at their first packet, and to no other', () => {
    const { text: tracking } = scriptOf({
      outside: ['eth1'],
      trackers: [
        { host: '192.0.2.80', port: 80 },
        { host: '2001:db8::80', port: 7846 },
      ],
    });
    expect(chain('divert', tracking).slice(3)).toEqual([
      'iifname { "eth0", "eth1" } meta l4proto tcp socket transparent 1 meta mark set 0x77650001 accept',
      'iifname { "eth0" } ip daddr . tcp dport @trackers_ipv4 goto to_tracker',
      'iifname { "eth0" } ip6 daddr . tcp dport @trackers_ipv6 goto to_tracker',
    ]);
    expect(setElements('trackers_ipv6', tracking)).toBe('2001:db8::80 . 7846');
    expect(text).not.toContain('tcp');
  });

  it('have a fingerprint of what they were made from', () => {
    expect(scriptOf().fingerprint).toBe(scriptOf().fingerprint);
    expect(scriptOf({ udpPort: 9200 }).fingerprint).not.toBe(scriptOf().fingerprint);
    expect(text).toContain(`chain ${scriptOf().fingerprint} {`);
  });
});

it('a port that the system chooses has no rule', () => {
  const listen = [{ port: 0 }, { port: 7001 }, { port: 7000 }, { port: 7001 }];
  expect(planRules(interceptOptions({}, { ppspp: { listen } }), false).servicePorts).toEqual([7000, 7001]);
});

it('routing delivers what is diverted, by a rule and a table of its own', () => {
  const [ipv4, ipv6, ...others] = routingsOf({ ipv6: true });
  expect(ipv4?.addRule.join(' ')).toBe('-4 rule add pref 6778 fwmark 0x77650001 lookup 6778');
  expect(ipv6?.replaceRoute.join(' ')).toBe('-6 route replace local default dev lo table 6778');
  expect(others).toEqual([]);
  expect(routingsOf({ ipv6: false }).map(({ flag }) => flag)).toEqual(['-4']);
});

it('the kernel must forward, and not filter strictly by reverse path', () => {
  const four = [{ ip: '100.64.0.0', length: 10, family: 'ipv4' as const }];
  const six = [{ ip: '2001:db8::', length: 32, family: 'ipv6' as const }];
  const settings = (subscribers: typeof four | typeof six) =>
    sysctlsOf({ inside: ['eth0.7'], ipv6: true, subscribers }).map(sysctlLine);
  const filtering = ['net/ipv4/conf/all/rp_filter = 0', 'net/ipv4/conf/eth0.7/rp_filter = 0'];
  expect(settings(six)).toEqual(['net/ipv4/ip_forward = 1', 'net/ipv6/conf/all/forwarding = 1', ...filtering]);
  expect(settings(four)).toEqual(['net/ipv4/ip_forward = 1', ...filtering]);
});
