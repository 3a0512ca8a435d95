import { divertedMark, passedContentMark, passedOtherMark } from '@weir/datagram';
import {
  aliveSet,
  families,
  hurriedCounter,
  interceptedCounter,
  livingMap,
  passedCounter,
  passedFlows,
  directions,
  probeInterface,
  probeSet,
  spoofedCounter,
  threadPorts,
  trackerCounter,
  type Family,
} from './names';
import type { RulePlan } from './plan';
import { mark, setNames } from './sets';

/** A chain of the packet filter: where it stands, if packets come to it by themselves, and its rules, one a line. */
export interface Chain {
  readonly name: string;
  readonly hook?: string;
  readonly rules: readonly string[];
}

/** Connection marks of flows that are passed for as long as they last. */
const passedMarks = `{ ${mark(passedContentMark)}, ${mark(passedOtherMark)} }`;

const diverted = mark(divertedMark);

/** Of each family: what it is called, how tproxy names it, and loopback in it. */
const kinds = {
  ipv4: { protocol: 'ip', loopback: '127.0.0.1' },
  ipv6: { protocol: 'ip6', loopback: '[::1]' },
} as const;

/**
 * The chains, in the order in which they name one another backwards: a chain that is gone to stands before it is named.
 *
 * Two orders matter. `tproxy` comes before `meta mark set`: it ends the rule where nobody listens, and the packet passes; the
 * other way round it would be lost. And the epoch is looked up by `ct mark set iifname map`, which ends the rule where no epoch
 * lives: a flow gets no mark that nobody keeps alive.
 */
export function chainsOf(plan: RulePlan): readonly Chain[] {
  return [
    { name: 'steer', rules: [...steerProbe(plan), ...speaking(plan).flatMap((family) => steer(plan, family))] },
    { name: 'begin', rules: begin(plan) },
    { name: 'addressed', rules: addressed(plan) },
    { name: 'from_subscriber', rules: fromSubscriber(plan) },
    ...(plan.trackers.length === 0 ? [] : [{ name: 'to_tracker', rules: toTracker(plan) }]),
    { name: 'divert', hook: 'type filter hook prerouting priority mangle', rules: divert(plan) },
    {
      name: 'leave',
      hook: 'type filter hook output priority mangle',
      rules: [`meta mark ${passedMarks} ct mark set meta mark`],
    },
    { name: 'passed', rules: passed() },
    {
      name: 'through',
      hook: 'type filter hook forward priority filter',
      rules: [`ct mark ${passedMarks} goto passed`],
    },
    { name: 'guard', hook: 'type filter hook input priority filter', rules: guard(plan) },
  ];
}

function speaking({ ipv6 }: RulePlan): readonly Family[] {
  return ipv6 ? families : ['ipv4'];
}

/** Names of interfaces as a set. */
function among(names: readonly string[]): string {
  return `{ ${[...new Set(names)].map((name) => `"${name}"`).join(', ')} }`;
}

function tproxyUdp(family: Family, port: number): string {
  const { protocol, loopback } = kinds[family];
  return `tproxy ${protocol} to ${loopback}:${String(port)} meta mark set ${diverted} counter name "${interceptedCounter(family)}" accept`;
}

/** A test's packets reach the test or pass; the appliance never sees them. */
function steerProbe({ udpPort }: RulePlan): string[] {
  const from = `iifname "${probeInterface}"`;
  return [
    `${from} meta nfproto ipv4 meta l4proto udp tproxy ip to 127.0.0.1:${String(udpPort + threadPorts)} meta mark set ${diverted} accept`,
    `${from} accept`,
  ];
}

/** The upper 4 bits of our channel IDs are a thread's number; a HANDSHAKE (channel 0), and what is not ours, go to thread 0. */
function steer({ threads, udpPort }: RulePlan, family: Family): string[] {
  const udp = `meta nfproto ${family} meta l4proto udp`;
  const others = Array.from({ length: threads - 1 }, (_, index) => index + 1);
  return [
    ...others.map((thread) => `${udp} @th,64,4 ${String(thread)} ${tproxyUdp(family, udpPort + thread)}`),
    `${udp} ${tproxyUdp(family, udpPort)}`,
  ];
}

/**
 * From a subscriber, to whom he may be diverted from: is it an initiating HANDSHAKE? Channel 0, message type 0 (RFC 7574
 * section 8.4), and the version option first, whose number and value these are (section 7.2); options are sorted (section 7).
 */
function addressed(plan: RulePlan): string[] {
  return [
    ...exempt(plan),
    ...(plan.ports.length === 0 ? [] : [`udp dport != @${setNames.ports} accept`]),
    ...(plan.exemptPorts.length === 0 ? [] : [`udp dport @${setNames.exemptPorts} accept`]),
    'ct direction original @th,64,40 0 @th,136,16 0x0001 goto begin',
  ];
}

/** A HANDSHAKE takes its flow along, unless so many begin that looking at them all would cost those that are served. */
function begin({ newFlowsPerSecond }: RulePlan): string[] {
  const rate = String(newFlowsPerSecond);
  return [
    `limit rate over ${rate}/second burst ${rate} packets counter name "${hurriedCounter}" accept`,
    `ct mark set iifname map @${livingMap} goto steer`,
  ];
}

/** Exempt subscribers, exempt destinations, and subscribers as destinations: what stays inside costs no transit. */
function exempt({ exemptSubscribers, exemptDestinations, subscribers }: RulePlan): string[] {
  return families.flatMap((family) => {
    const { protocol } = kinds[family];
    const ruleFor = (prefixes: readonly { readonly family: Family }[], rule: string): string[] =>
      prefixes.some((prefix) => prefix.family === family) ? [rule] : [];
    return [
      ...ruleFor(exemptSubscribers, `${protocol} saddr @${setNames.exemptSubscribers(family)} accept`),
      ...ruleFor(exemptDestinations, `${protocol} daddr @${setNames.exemptDestinations(family)} accept`),
      ...ruleFor(subscribers, `${protocol} daddr @${setNames.subscribers(family)} accept`),
    ];
  });
}

/** What is for ourselves, or for many, is not on its way through. */
function fromSubscriber(plan: RulePlan): string[] {
  return [
    'fib daddr type != unicast accept',
    `ct mark ${passedMarks} accept`,
    `ct mark @${aliveSet} goto steer`,
    ...subscribersGo(plan, 'addressed'),
    `iifname "${probeInterface}" ip saddr @${probeSet} goto addressed`,
  ];
}

function subscribersGo({ subscribers }: RulePlan, chain: string): string[] {
  return families
    .filter((family) => subscribers.some((prefix) => prefix.family === family))
    .map((family) => `${kinds[family].protocol} saddr @${setNames.subscribers(family)} goto ${chain}`);
}

/**
 * A connection to a tracker is diverted at its first packet, while an epoch lives. Later ones follow the socket that took it,
 * as do the tracker's to the connection that we make under the subscriber's address. The rule for these must not look for
 * `socket wildcard`: it ends where a socket is not connected yet, or not any more, and no connection would ever come about.
 */
function toTracker(plan: RulePlan): string[] {
  const { exemptSubscribers, tcpPort } = plan;
  const isExempt = (family: Family): boolean => exemptSubscribers.some((prefix) => prefix.family === family);
  return [
    'tcp flags & (fin | syn | rst | ack) != syn accept',
    ...families
      .filter(isExempt)
      .map((family) => `${kinds[family].protocol} saddr @${setNames.exemptSubscribers(family)} accept`),
    ...speaking(plan).map((family) => {
      const { protocol, loopback } = kinds[family];
      const tcp = `meta nfproto ${family} meta l4proto tcp ${protocol} saddr @${setNames.subscribers(family)}`;
      const taken = `meta mark set ${diverted} counter name "${trackerCounter}" accept`;
      return `${tcp} ct mark set iifname map @${livingMap} tproxy ${protocol} to ${loopback}:${String(tcpPort)} ${taken}`;
    }),
  ];
}

/**
 * Who finds a packet of ours too large tells the address that it seems to come from: what is said of a flow of ours is for us, or
 * we would never learn the path's MTU. Over IPv4 our packets may be cut on their way, and nobody has to tell.
 */
function errors({ inside, ipv6 }: RulePlan): string[] {
  const told = `meta l4proto ipv6-icmp ct state related ct mark @${aliveSet}`;
  return ipv6 ? [`iifname ${among(inside)} ${told} meta mark set ${diverted} accept`] : [];
}

function divert(plan: RulePlan): string[] {
  const { inside, outside, trackers } = plan;
  const fromOutside = outside.length === 0 ? 'iifname != "lo"' : `iifname ${among([...inside, ...outside])}`;
  return [
    `iifname ${among([...inside, probeInterface])} meta l4proto udp goto from_subscriber`,
    ...errors(plan),
    ...(trackers.length === 0
      ? []
      : [
          `${fromOutside} meta l4proto tcp socket transparent 1 meta mark set ${diverted} accept`,
          ...families
            .filter((family) => trackers.some(({ ip }) => ip.includes(':') === (family === 'ipv6')))
            .map((family) => {
              const to = `${kinds[family].protocol} daddr . tcp dport @${setNames.trackers(family)}`;
              return `iifname ${among(inside)} ${to} goto to_tracker`;
            }),
        ]),
  ];
}

/** Both directions of flows that were passed, beside the datagram that we passed on ourselves. */
function passed(): string[] {
  const marks = { content: mark(passedContentMark), other: mark(passedOtherMark) };
  const sides = { up: 'original', down: 'reply' };
  return passedFlows.flatMap((flow) =>
    directions.flatMap((direction) =>
      families.map((family) => {
        const what = `ct mark ${marks[flow]} ct direction ${sides[direction]} meta nfproto ${family}`;
        return `${what} counter name "${passedCounter(flow, direction, family)}"`;
      }),
    ),
  );
}

/** A subscriber's address that comes in from elsewhere is forged: whoever forges it must not have us send to the subscriber. */
function guard(plan: RulePlan): string[] {
  const { inside, outside, subscribers, servicePorts } = plan;
  const foreign = outside.filter((name) => !inside.includes(name));
  if (servicePorts.length === 0 || (outside.length > 0 && foreign.length === 0)) return [];
  const from = outside.length > 0 ? `iifname ${among(foreign)}` : `iifname != ${among([...inside, 'lo'])}`;
  return families
    .filter((family) => subscribers.some((prefix) => prefix.family === family))
    .map((family) => {
      const source = `${kinds[family].protocol} saddr @${setNames.subscribers(family)}`;
      return `${from} udp dport @${setNames.servicePorts} ${source} counter name "${spoofedCounter}" drop`;
    });
}
