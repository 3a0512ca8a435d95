import { Test } from '@nestjs/testing';
import { PeerService } from '@weir/peer';
import type { Candidate, Notice, SwarmMetadata } from '@weir/ppspp';
import { RegistrationService, type TrackedPeer } from '@weir/registration';
import { SuperNodeService } from './super-node.service';

const swarmId = 'ab'.repeat(32);
const metadata: SwarmMetadata = { swarmId, hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 };
const record = { metadata, chunkCount: 100, peaks: [], contentBytes: 102_400 };
const external = { ip: '198.51.100.7', port: 6_778 };
const nearer = { ip: '198.51.100.8', port: 6_778 };

/** What the service did, as lines. */
class Witness {
  readonly deeds: string[] = [];
  stored: { record: typeof record; extentsHeld: number }[] = [];
  peers: TrackedPeer[] = [];
  isBlocked = false;
  /** When it is known what is stored. */
  known: Promise<void> = Promise.resolve();
  /** When all trackers have answered. */
  answered: Promise<readonly TrackedPeer[]> = Promise.resolve([]);
  tell: (notice: Notice) => void = () => undefined;

  async start(): Promise<SuperNodeService> {
    const peer: Partial<PeerService> = {
      onNotice: (listener) => (this.tell = listener),
      storedKnown: this.known,
      isBlocked: () => this.isBlocked,
      stored: () => this.stored.map(summaryOf),
      storedSwarm: (id) => this.stored.map(summaryOf).find(({ record: { metadata } }) => metadata.swarmId === id),
      addPeers: (_, peers) => void this.deeds.push(`peers ${peers.map(written).join(' ')}`),
    };
    const registration: Partial<RegistrationService> = {
      join: (_, mode) => this.deeds.push(`join ${mode}`) > 0,
      leave: () => void this.deeds.push('leave'),
      peersFor: (_, found) => {
        found?.(this.peers);
        return this.answered;
      },
    };
    const providers = [
      SuperNodeService,
      { provide: PeerService, useValue: peer },
      { provide: RegistrationService, useValue: registration },
    ];
    const module = await Test.createTestingModule({ providers }).compile();
    await module.init();
    return module.get(SuperNodeService);
  }
}

function summaryOf(swarm: Witness['stored'][number]) {
  return { ...swarm, storedBytes: 1, firstUse: 0, lastUse: 0 };
}

function written({ address, priority }: Candidate): string {
  return `${address.ip}@${String(priority)}`;
}

/** Lets promises that are settled be heard of. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

describe('SuperNodeService', () => {
  let witness: Witness;
  beforeEach(() => {
    witness = new Witness();
  });

  it('registers at start what the store has, complete or not', async () => {
    witness.stored = [
      { record, extentsHeld: 2 },
      { record, extentsHeld: 1 },
    ];
    await witness.start();
    expect(witness.deeds).toEqual(['join SEEDER', 'join LEECH']);
  });

  it('tells no tracker of a swarm that is blocked, neither at start nor when somebody wants it', async () => {
    witness.isBlocked = true;
    witness.stored = [{ record, extentsHeld: 2 }];
    await witness.start();
    witness.tell({ type: 'swarm-wanted', metadata });
    await settled();
    expect(witness.deeds).toEqual([]);
  });

  it('registers what the store has once that is known, and leaves nothing before', async () => {
    let tellKnown = (): void => undefined;
    witness.known = new Promise((resolve) => (tellKnown = resolve));
    await witness.start();
    witness.tell({ type: 'swarm-complete', swarmId, contentBytes: 102_400 });
    witness.tell({ type: 'swarm-wanted', metadata });
    witness.tell({ type: 'swarm-closed', swarmId, servedBytes: 0, fetchedBytes: 0 });
    await settled();
    expect(witness.deeds).toEqual(['join SEEDER', 'join LEECH', 'peers ']);
    const other = { ...record, metadata: { ...metadata, swarmId: 'cd'.repeat(32) } };
    witness.stored = [
      { record, extentsHeld: 1 },
      { record: other, extentsHeld: 2 },
    ];
    tellKnown();
    await settled();
    expect(witness.deeds.slice(3)).toEqual(['join SEEDER']);
  });

  it('joins a swarm that a subscriber wants, and names its external peers, the best first', async () => {
    witness.peers = [
      { peerId: 'one', address: nearer, priority: 7 },
      { peerId: 'two', address: external, priority: 3 },
    ];
    await witness.start();
    witness.tell({ type: 'swarm-wanted', metadata });
    await settled();
    expect(witness.deeds).toEqual(['join LEECH', 'peers 198.51.100.8@1 198.51.100.7@2']);
  });

  it('names the peers of one tracker at once while another does not answer', async () => {
    witness.peers = [{ peerId: 'one', address: nearer, priority: 7, asn: 64_500 }];
    witness.answered = new Promise(() => undefined);
    await witness.start();
    witness.tell({ type: 'swarm-wanted', metadata });
    expect(witness.deeds).toEqual(['join LEECH', 'peers 198.51.100.8@1']);
  });

  it('asks again when more peers are needed', async () => {
    await witness.start();
    witness.tell({ type: 'peers-wanted', swarmId });
    await settled();
    expect(witness.deeds).toEqual(['join LEECH', 'peers ']);
  });

  it('offers a complete swarm as a seeder, and stays in it when nobody is there any more', async () => {
    await witness.start();
    witness.tell({ type: 'swarm-wanted', metadata });
    witness.tell({ type: 'swarm-complete', swarmId, contentBytes: 102_400 });
    witness.tell({ type: 'swarm-closed', swarmId, servedBytes: 0, fetchedBytes: 0 });
    await settled();
    expect(witness.deeds).toEqual(['join LEECH', 'peers ', 'join SEEDER']);
  });

  it.each([
    { extentsHeld: [1], leaves: false },
    { extentsHeld: [], leaves: true },
  ])('leaves a swarm that is closed if nothing of it is stored: $leaves', async ({ extentsHeld, leaves }) => {
    await witness.start();
    witness.tell({ type: 'swarm-wanted', metadata });
    witness.stored = extentsHeld.map((held) => ({ record, extentsHeld: held }));
    witness.tell({ type: 'swarm-closed', swarmId, servedBytes: 0, fetchedBytes: 0 });
    await settled();
    expect(witness.deeds.includes('leave')).toBe(leaves);
  });

  it('has nothing to say to trackers of what it never joined', async () => {
    await witness.start();
    witness.tell({ type: 'swarm-closed', swarmId, servedBytes: 0, fetchedBytes: 0 });
    witness.tell({ type: 'peer-lied', swarmId, address: external });
    await settled();
    expect(witness.deeds).toEqual([]);
  });
});
