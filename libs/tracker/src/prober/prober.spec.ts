import {
  type Address,
  answeringOptions,
  decodeHandshake,
  encodeDatagram,
  type HandshakeMessage,
  judgeInitiation,
  type SwarmMetadata,
} from '@weir/ppspp';
import { sourcePrefix } from '@weir/ppstp';
import fc from 'fast-check';
import { limits } from './limits';
import { type Claim, type ProbeEffect, type ProbeOutcome, Prober } from './prober';

const sha256 = 'ab'.repeat(32);
const second = 1_000_000;
const there: Address = { ip: '198.51.100.7', port: 6778 };
const origin = { ip: '192.0.2.1', bytes: 1_000 };
const dialect = { addressing: 'chunk32', hashBytes: 32, chunkSize: undefined } as const;

/** A prober in time that stands until it is moved. */
class World {
  now = 0;
  readonly outcomes: ProbeOutcome[] = [];
  readonly published = new Map<string, SwarmMetadata>();
  private channels = 0;
  readonly prober: Prober;

  constructor(allowLoopback = false) {
    this.prober = new Prober({
      allowLoopback,
      metadataOf: (swarmId) => this.published.get(swarmId),
      random: () => ++this.channels,
      observe: (outcome) => this.outcomes.push(outcome),
    });
  }

  ask(claims: Partial<Claim> | readonly Partial<Claim>[] = {}, from: Partial<typeof origin> = {}): Sent[] {
    const whole = [claims].flat().map((claim) => ({ peerId: 'p', swarmId: sha256, address: there, ...claim }));
    this.prober.ask(whole, { ...origin, ...from }, this.now);
    return this.sent();
  }

  pass(micros: number): Sent[] {
    this.now += micros;
    this.prober.expire(this.now);
    return this.sent();
  }

  answer(handshake: HandshakeMessage, to: number, from: Address = there): readonly ProbeEffect[] {
    this.prober.receive(from, encodeDatagram(to, [handshake], dialect), this.now);
    return this.prober.drain();
  }

  sent(): Sent[] {
    return this.prober.drain().flatMap((effect) => (effect.kind === 'send' ? [effect] : []));
  }
}

type Sent = Extract<ProbeEffect, { kind: 'send' }>;

function initiationIn(sent: Sent | undefined): HandshakeMessage {
  const decoded = decodeHandshake(sent?.bytes ?? new Uint8Array());
  if ('fault' in decoded) throw new TypeError(decoded.fault);
  return decoded.handshake;
}

/** What a peer that is in the swarm answers, if it agrees with what was stated. */
function answerOf(sent: Sent | undefined, channel = 77): HandshakeMessage {
  const { options } = initiationIn(sent);
  const judged = judgeInitiation(options);
  if (!judged.ok) throw new TypeError(judged.fault);
  return { type: 'handshake', channel, options: answeringOptions(judged.metadata, options) };
}

describe('an address that a peer claims', () => {
  it('is proven by a handshake that makes a round trip, and is left with a word', () => {
    const world = new World();
    const [sent] = world.ask();
    expect(sent?.to).toEqual(there);
    const effects = world.answer(answerOf(sent), 1);
    expect(effects[0]).toEqual({ kind: 'proven', peerId: 'p', address: there });
    expect(effects[1]).toMatchObject({ kind: 'send', to: there });
    const goodbye = effects[1]?.kind === 'send' ? decodeHandshake(effects[1].bytes) : undefined;
    expect(goodbye).toMatchObject({ handshake: { channel: 0 } });
    expect(world.outcomes).toEqual(['proven']);
    expect(world.prober.size).toBe(0);
    expect(world.pass(60 * second)).toEqual([]);
  });

  it.each<[string, (world: World, sent: Sent | undefined) => readonly ProbeEffect[]]>([
    ['from another port', (world, sent) => world.answer(answerOf(sent), 1, { ...there, port: 6779 })],
    ['from another address', (world, sent) => world.answer(answerOf(sent), 1, { ...there, ip: '198.51.100.8' })],
    ['on another channel', (world, sent) => world.answer(answerOf(sent), 2)],
    ['on no channel', (world, sent) => world.answer(answerOf(sent), 0)],
    ['that closes', (world, sent) => world.answer(answerOf(sent, 0), 1)],
    [
      'of another swarm',
      (world, sent) => {
        const answer = answerOf(sent);
        return world.answer({ ...answer, options: { ...answer.options, swarmId: new Uint8Array(32) } }, 1);
      },
    ],
  ])('is not proven by an answer %s', (_, answer) => {
    const world = new World();
    const [sent] = world.ask();
    expect(answer(world, sent)).toEqual([]);
    expect(world.outcomes).not.toContain('proven');
  });

  it('gets one more handshake, in another form, and then no more for a while', () => {
    const world = new World();
    const [first] = world.ask();
    expect(world.pass(limits.patience - 1)).toEqual([]);
    const [second] = world.pass(1);
    expect(initiationIn(first).options).toMatchObject({ chunkAddressing: 2 });
    expect(initiationIn(second).options).toMatchObject({ chunkAddressing: 0 });
    expect(world.pass(limits.patience)).toEqual([]);
    expect(world.outcomes).toEqual(['silent']);
    expect(world.ask()).toEqual([]);
    world.pass(limits.memory);
    expect(world.ask()).toHaveLength(1);
  });

  it('is asked for what was published of the swarm', () => {
    const world = new World();
    world.published.set(sha256, { swarmId: sha256, hash: 'sha256', addressing: 'byte64', chunkSize: 8_192 });
    const [first] = world.ask();
    expect(initiationIn(first).options).toMatchObject({ chunkAddressing: 1, chunkSize: 8_192 });
    expect(initiationIn(first).options.supportedMessages).toBeDefined();
    const [second] = world.pass(limits.patience);
    expect(initiationIn(second).options).toMatchObject({ chunkAddressing: 1, chunkSize: 8_192 });
    expect(initiationIn(second).options.supportedMessages).toBeUndefined();
    expect(world.answer(answerOf(first), 1)).toHaveLength(2);
  });

  it('is proven by the answer to either form, also in SHA-1', () => {
    const world = new World();
    world.ask({ swarmId: 'cd'.repeat(20) });
    const [second] = world.pass(limits.patience);
    expect(initiationIn(second).options).toMatchObject({ hashFunction: 0 });
    expect(world.answer(answerOf(second), 1)).toHaveLength(2);
  });

  it('is proven for all that claimed it meanwhile, and for a while without a further handshake', () => {
    const world = new World();
    const [sent] = world.ask();
    expect(world.ask({ peerId: 'q' })).toEqual([]);
    const proven = world.answer(answerOf(sent), 1).flatMap((one) => (one.kind === 'proven' ? [one.peerId] : []));
    expect(proven).toEqual(['p', 'q']);
    world.prober.ask([{ peerId: 'r', swarmId: 'cd'.repeat(20), address: there }], origin, world.now);
    expect(world.prober.drain()).toEqual([{ kind: 'proven', peerId: 'r', address: there }]);
    expect(world.outcomes).toEqual(['proven', 'known']);
  });

  it('is not kept from its proof by who claims it for another swarm', () => {
    const world = new World();
    world.ask({ peerId: 'thief', swarmId: 'cd'.repeat(32) });
    const [sent] = world.ask();
    expect(world.answer(answerOf(sent), 2)).toHaveLength(2);
  });

  it.each(['live', 'AB'.repeat(32), 'ab'.repeat(65), 'ab'.repeat(31), 'a'])(
    'cannot be proven in swarm %s',
    (swarmId) => {
      const world = new World();
      expect(world.ask({ swarmId })).toEqual([]);
      expect(world.outcomes).toEqual(['unspeakable']);
    },
  );
});

describe('where a prober never sends', () => {
  const forbidden = [
    ...['127.0.0.1', '::1', '0.0.0.0', '::', '224.0.0.1', 'ff02::1', '169.254.169.254', 'fe80::1', '255.255.255.255'],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', 'localhost', '', '10.0.0.1', '192.168.1.1', '100.64.0.1', 'fd00::1'],
  ];

  it.each(forbidden)('%s, claimed from the Internet', (ip) => {
    const world = new World();
    expect(world.ask({ address: { ip, port: 6778 } })).toEqual([]);
    expect(world.outcomes).toEqual(['forbidden']);
  });

  it.each([0, -1, 65_536, 1.5, Number.NaN])('port %d', (port) => {
    const world = new World();
    expect(world.ask({ address: { ip: there.ip, port } })).toEqual([]);
  });

  it('but within the network that the claim comes from, or in the lab', () => {
    expect(new World().ask({ address: { ip: '10.9.0.1', port: 1 } }, { ip: '10.0.0.1' })).toHaveLength(1);
    expect(new World(true).ask({ address: { ip: '127.0.0.1', port: 1 } }, { ip: '127.0.0.1' })).toHaveLength(1);
  });
});

describe('what a prober costs others', () => {
  const ip = fc.oneof(
    fc.constantFrom('198.51.100.1', '198.51.100.2', '198.51.101.1', '2001:db8::1', '127.0.0.1', '10.0.0.1', 'ff02::1'),
    fc.ipV4(),
    fc.ipV6(),
  );
  const swarmId = fc.constantFrom(sha256, 'cd'.repeat(20), 'ef'.repeat(64), 'live', 'ab'.repeat(500));
  const claim = fc.record({
    peerId: fc.constantFrom('p', 'q'),
    swarmId,
    address: fc.record({ ip, port: fc.integer({ min: 1, max: 5 }) }),
  });
  const step = fc.record({
    claims: fc.array(claim, { maxLength: 8 }),
    from: fc.record({ ip, bytes: fc.nat(400) }),
    wait: fc.nat(4 * second),
    noise: fc.option(fc.record({ from: fc.record({ ip, port: fc.nat(5) }), bytes: fc.uint8Array({ maxLength: 80 }) })),
  });

  it('is no more bytes than it was asked with, two datagrams an address, and nothing to where it may not', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const world = new World();
        const sent: Sent[] = [];
        let asked = 0;
        for (const { claims, from, wait, noise } of steps) {
          asked += from.bytes;
          sent.push(...world.ask(claims, from), ...world.pass(wait));
          if (noise !== null) {
            world.prober.receive(noise.from, noise.bytes, world.now);
            expect(world.prober.drain()).toEqual([]);
          }
          expect(sent.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(asked);
        }
        for (const { to } of sent) expect(['127.0.0.1', 'ff02::1']).not.toContain(to.ip);
        const span = world.now / second;
        const begun = limits.probesPerTargetBurst + span * limits.probesPerTargetSecond;
        for (const one of new Set(sent.map(({ to }) => sourcePrefix(to.ip)))) {
          const toOne = sent.filter(({ to }) => sourcePrefix(to.ip) === one);
          expect(toOne.length).toBeLessThanOrEqual(2 * begun);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is bounded to one target, however many ask', () => {
    const world = new World();
    let begun = 0;
    for (let at = 0; at < 500; at++)
      begun += world.ask({ address: { ip: '198.51.100.9', port: 1 + at } }, { ip: `192.0.${at % 250}.1` }).length;
    expect(begun).toBe(limits.probesPerTargetBurst);
    expect(world.outcomes.filter((outcome) => outcome === 'excess')).toHaveLength(500 - begun);
  });

  it('is bounded for one source, however many it names', () => {
    const world = new World();
    let begun = 0;
    for (let at = 0; at < 500; at++) {
      const ip = `198.51.${at % 250}.${1 + Math.floor(at / 250)}`;
      begun += world.ask({ address: { ip, port: 1 } }).length;
    }
    expect(begun).toBe(limits.probesPerSourceBurst);
  });

  it('is bounded over all the world', () => {
    const world = new World();
    let begun = 0;
    for (let at = 0; at < 3_000; at++) {
      const [high, low] = [Math.floor(at / 250), at % 250];
      begun += world.ask({ address: { ip: `198.${high}.${low}.9`, port: 1 } }, { ip: `20.${high}.${low}.1` }).length;
    }
    expect(begun).toBe(limits.probesBurst);
    expect(world.prober.size).toBe(begun);
  });

  it('is one handshake where the request was too short for two, and none where it was for one', () => {
    const world = new World();
    const [sent] = world.ask({}, { bytes: 100 });
    expect(world.pass(limits.patience)).toEqual([]);
    expect(world.outcomes).toEqual(['silent']);
    expect(new World().ask({}, { bytes: (sent?.bytes.length ?? 0) - 1 })).toEqual([]);
  });
});
