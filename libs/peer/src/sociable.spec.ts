import { DgramPort } from '@weir/datagram';
import { makeAuthority, MembershipIssuer, MembershipVerifier } from '@weir/membership';
import { endpointDefaults, type MembershipVerdict, type Notice } from '@weir/ppspp';
import { InlineVerifier } from '@weir/verify';
import type { ContentWritten } from './content-store';
import { Driver } from './driver';
import { MemoryContent } from './memory-content.testing';
import { joined, publish } from './published.testing';
import { checkOf, sociable } from './sociable';

const bytes = new Uint8Array(300_000).map((_, at) => (at * at) % 251);
const { content, extents } = publish(bytes);
const { metadata } = content.record;
const { swarmId } = metadata;

/** Keeps nothing, and so has nothing to give. */
class Sieve extends MemoryContent {
  override write(): Promise<ContentWritten> {
    return Promise.resolve({ written: [], evicted: [] });
  }
}

interface Actor {
  readonly driver: Driver;
  readonly port: DgramPort;
}

const actors: Actor[] = [];

afterEach(async () => {
  await Promise.all(actors.splice(0).map(({ driver }) => driver.close()));
});

async function actor(
  store: MemoryContent,
  pem: string,
  hears: { onNotice?: (notice: Notice) => void; onVerdict?: (verdict: MembershipVerdict) => void } = {},
): Promise<Actor> {
  const port = new DgramPort({ ip: '127.0.0.1', port: 0 });
  const verifier = new MembershipVerifier([pem]);
  const exchange = sociable({ verifier }, () => port.local);
  const driver = new Driver({
    ports: [port],
    store,
    verifier: new InlineVerifier(),
    certificates: {
      check: async (certificate, id) => {
        const verdict = await checkOf(verifier).check(certificate, id);
        hears.onVerdict?.(verdict);
        return verdict;
      },
    },
    endpoint: {
      ...endpointDefaults,
      exchange,
      admit: () => 'serve',
      opensUnknown: false,
      fetchesFromCallers: true,
      servesCalled: true,
    },
    onNotice: (notice) => hears.onNotice?.(notice),
    onFailure: () => undefined,
  });
  await driver.start();
  actors.push({ driver, port });
  return { driver, port };
}

function join({ driver }: Actor, from: Actor): void {
  driver.input({ kind: 'join', join: { metadata, want: 'all', content: undefined, trusted: false } });
  driver.input({ kind: 'peers', swarmId, peers: [{ address: from.port.local, priority: 1, origin: 'operator' }] });
}

it('a peer is found by its certificate, which one that has nothing itself hands on', async () => {
  const authority = await makeAuthority('tracker');
  const issuer = await MembershipIssuer.open(authority);
  const seeder = await actor(MemoryContent.of(content, extents), authority.certificate);
  seeder.driver.input({ kind: 'join', join: { metadata, want: 'none', content, trusted: true } });
  const address = seeder.port.local;
  const certificate = await issuer.issue({ swarmId, address });
  seeder.driver.input({ kind: 'certificate', swarmId, own: { address, certificate, validFor: 60_000_000 } });

  let learned: (verdict: MembershipVerdict) => void = () => undefined;
  const verdict = new Promise<MembershipVerdict>((resolve) => (learned = resolve));
  const hub = await actor(new Sieve(), authority.certificate, { onVerdict: learned });
  join(hub, seeder);
  expect(await verdict).toMatchObject({ ok: true, address });

  let complete: () => void = () => undefined;
  const completed = new Promise<void>((resolve) => (complete = resolve));
  const store = new MemoryContent();
  const onNotice = ({ type }: Notice): void => {
    if (type === 'swarm-complete') complete();
  };
  join(await actor(store, authority.certificate, { onNotice }), hub);
  await completed;
  expect(Buffer.compare(joined(store.extents.values()), bytes)).toBe(0);
});
