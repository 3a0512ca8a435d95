import {
  addressKey,
  isNear,
  type Address,
  type ExchangeConfig,
  type MembershipVerdict,
  type SwarmId,
} from '@weir/ppspp';
import { generated, publish } from './content';
import type { Peer, PeerOptions } from './peer';
import { anyLink, eachSeed, expectThat } from './seeds';
import { World } from './world';

const content = publish(generated('exchange', 400_123), { hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 });
const { swarmId } = content.metadata;
const port = 6778;

/** A peer that tells whatever it may, and believes what it may. */
function sociable(ip: string, more: Partial<ExchangeConfig> = {}): PeerOptions['config'] & object {
  const own = (address: Address): boolean => address.ip === ip;
  return { exchange: { benign: isNear, certified: false, names: () => true, own, ...more } };
}

const candidate = (ip: string) => ({ address: { ip, port }, priority: 1 });

/** Addresses of peers that one called, or was called by, and that answered. */
function met(peer: Peer): Set<string> {
  return new Set(
    [...peer.endpoint.channels.all()].filter(({ established }) => established).map(({ address }) => address.ip),
  );
}

it('a leecher that knows one peer finds another by it, and fetches from both', async () => {
  await eachSeed(30, async (seed) => {
    const world = new World({
      seed,
      link: { ...anyLink(seed), bytesPerSecond: 200_000 },
    });
    const names = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'];
    const seeders: Peer[] = [];
    for (const ip of names) seeders.push((await world.peer(ip, { config: sociable(ip) })).seed(content));
    // Seeders want nobody: they meet because one of them was a leecher of all.
    const hub = await world.peer('10.0.0.10', { config: sociable('10.0.0.10') });
    hub.fetch(content.metadata, names.map(candidate));
    expectThat(
      world.run(() => hub.complete(swarmId), 120),
      'the hub is complete',
    );
    const last = await world.peer('10.0.0.20', { config: sociable('10.0.0.20') });
    last.fetch(content.metadata, [candidate('10.0.0.10')]);
    const isMet = (): boolean => met(last).size >= 2;
    expectThat(world.run(isMet, 60), 'the leecher meets somebody that it was not told of by us');
    expectThat(
      world.run(() => last.complete(swarmId), 120),
      'complete',
    );
    expectThat(Buffer.compare(last.bytesOf(content) ?? new Uint8Array(), content.bytes) === 0, 'bytes are the same');
  });
});

it('goes on with whom it found, when the one that it knew vanishes', async () => {
  await eachSeed(10, async (seed) => {
    const world = new World({ seed, link: { delay: () => 10_000, bytesPerSecond: 100_000, queueBytes: 30_000 } });
    const hub = (await world.peer('10.0.0.1', { config: sociable('10.0.0.1') })).seed(content);
    const other = (await world.peer('10.0.0.2', { config: sociable('10.0.0.2') })).seed(content);
    other.fetch(content.metadata, []);
    // A leecher that has all soon connects the two.
    const third = await world.peer('10.0.0.3', { config: sociable('10.0.0.3') });
    third.fetch(content.metadata, [candidate('10.0.0.1'), candidate('10.0.0.2')]);
    expectThat(
      world.run(() => third.complete(swarmId), 60),
      'the third is complete',
    );
    const last = await world.peer('10.0.0.4', { config: sociable('10.0.0.4') });
    last.fetch(content.metadata, [candidate('10.0.0.1')]);
    expectThat(
      world.run(() => met(last).size >= 2, 30),
      'it found somebody',
    );
    hub.kill();
    expectThat(
      world.run(() => last.complete(swarmId), 120),
      'complete',
    );
  });
});

/** Certificates as anybody may write them: what is in them is what they say. */
const certificateOf = (address: Address, signed: boolean): Uint8Array =>
  new TextEncoder().encode(`${signed ? 'signed' : 'forged'} ${swarmId} ${addressKey(address)}`);

function judge(certificate: Uint8Array, of: SwarmId): MembershipVerdict {
  const [seal, swarm, key = ''] = new TextDecoder().decode(certificate).split(' ');
  if (seal !== 'signed') return { ok: false, fault: 'certificate-issuer' };
  if (swarm !== of) return { ok: false, fault: 'certificate-swarm' };
  const [ip = '', digits] = key.split('|');
  return { ok: true, address: { ip, port: Number(digits) }, validFor: 3_600_000_000 };
}

function certified(world: World, ip: string): Promise<Peer> {
  return world.peer(ip, { judge, config: sociable(ip, { benign: () => false, certified: true }) });
}

function show(peer: Peer, signed = true): void {
  const own = { address: peer.address, certificate: certificateOf(peer.address, signed), validFor: 3_600_000_000 };
  peer.input({ kind: 'certificate', swarmId, own });
}

it.each([
  ['strangers with certificates find one another', true],
  ['strangers with forged ones do not', false],
])('%s', async (_, signed) => {
  await eachSeed(10, async (seed) => {
    const world = new World({ seed, link: { ...anyLink(seed), loss: 0, bytesPerSecond: 200_000 } });
    const seeders = [
      (await certified(world, '192.0.2.1')).seed(content),
      (await certified(world, '192.0.2.2')).seed(content),
    ];
    for (const seeder of seeders) show(seeder, signed);
    const hub = await certified(world, '192.0.2.10');
    hub.fetch(content.metadata, ['192.0.2.1', '192.0.2.2'].map(candidate));
    show(hub);
    expectThat(
      world.run(() => hub.complete(swarmId), 120),
      'the hub is complete',
    );
    const last = await certified(world, '192.0.2.20');
    last.fetch(content.metadata, [candidate('192.0.2.10')]);
    world.run(() => last.complete(swarmId), 120);
    expectThat(met(last).size >= 2 === signed, `it met ${String(met(last).size)}`);
    expectThat(last.complete(swarmId), 'complete');
    const forged = hub.endpoint.counters.faults.get('certificate-issuer') ?? 0;
    expectThat(forged > 0 === !signed, `forged: ${String(forged)}`);
  });
});
