import { addressKey, type Address, type Flow, type InputOf, type Micros } from '@weir/ppspp';
import type { Published } from '../sim/content';
import { contentOf } from './contents';
import { Party, type Letter } from './party';
import type { Tape } from './tape';

/** Datagrams on their way; beyond it the oldest are lost. */
const lettersMax = 1_000;
/** Datagrams that arrive and errands that are done in the course of one input, so that each comes to its end soon. */
const eventsMax = 4_000;
/** While nothing is on its way, time is moved to what comes next if that is so near. */
const nearFuture: Micros = 2_000_000;

const address = (host: number): Address => ({ ip: `192.0.2.${String(host)}`, port: host });

/** Addresses that are nobody's: one shares its IP address with a party. */
export const strangers: readonly Address[] = [
  address(77),
  { ip: '192.0.2.2', port: 999 },
  { ip: '2001:db8::77', port: 77 },
];

/** A seeder, a leecher and a cache between them, and time. What happens to them is decided by a tape. */
export class Scene {
  now: Micros = 1_000_000;
  readonly content: Published;
  readonly seeder: Party;
  readonly leecher: Party;
  readonly cache: Party;
  readonly parties: readonly Party[];
  readonly letters: Letter[] = [];
  /** Ways that go by the cache untouched. */
  private readonly passed = new Set<string>();
  /** The cache stands between the leecher and all others. */
  private readonly isBetween: boolean;
  private events = 0;

  /** Five bytes: the content, and what the cache does for whom. */
  constructor(tape: Tape) {
    this.content = contentOf(tape);
    const flags = tape.u8();
    const bit = (place: number): boolean => ((flags >> place) & 1) === 1;
    this.seeder = new Party(address(1), this.content, this, {});
    this.leecher = new Party(address(2), this.content, this, {});
    this.cache = new Party(address(3), this.content, this, {
      opensUnknown: !bit(0),
      fetchesFromCallers: !bit(1),
      servesCalled: !bit(2),
      ...(bit(3) ? { cacheBytes: 2 ** 16 } : {}),
      admit: ({ ip }) => (bit(4) && ip.includes(':') ? 'refuse' : 'serve'),
      isExternal: ({ ip }) => ip !== this.leecher.address.ip,
    });
    this.isBetween = bit(5);
    this.parties = [this.cache, this.seeder, this.leecher];
    this.seeder.store.keepAll(this.content);
    this.seeder.join('none', true);
  }

  /** Nothing more happens to an input that had its share. */
  get spent(): boolean {
    return this.events >= eventsMax;
  }

  post(letter: Letter): void {
    this.letters.push(letter);
    if (this.letters.length > lettersMax) this.letters.shift();
  }

  /** What was intercepted goes on; all that follows it, too, unless the cache has channels there. */
  forward(letter: Letter, flow: Flow): void {
    if (flow !== 'shared') this.passed.add(wayOf(letter));
    this.post(letter);
  }

  /** A datagram arrives, whoever it is from; those to strangers are lost, unless the cache has them. */
  deliver(letter: Letter): void {
    const { from, to, bytes, isPassed = false } = letter;
    this.events++;
    if (this.isBetween && !isPassed && from.ip === this.leecher.address.ip && !this.passed.has(wayOf(letter)))
      return this.divert(letter);
    const party = this.partyAt(to);
    // What arrives is the endpoint's own from then on, and a copy may be on its way still.
    party?.take({ kind: 'datagram', from, port: 0, bytes: bytes.slice() });
  }

  /** A datagram arrives at the cache, which it was not meant for. */
  divert({ from, to, bytes }: Letter): void {
    this.events++;
    const isItsOwn = this.partyAt(to) === this.cache;
    const way: Pick<InputOf<'datagram'>, 'origin'> = isItsOwn ? {} : { origin: to };
    this.cache.take({ kind: 'datagram', from, ...way, port: 0, bytes: bytes.slice() });
  }

  /** All that was intercepted goes to whom it was meant for, until it begins anew. */
  lose(): void {
    this.cache.take({ kind: 'flows-lost' });
    this.passed.clear();
  }

  /** Everybody does what is to be done now. */
  turn(): void {
    for (const party of this.parties) party.turn();
  }

  /** So many rounds in which all goes well: what was sent arrives, what was asked is answered, time passes. */
  settle(rounds: number): void {
    for (let round = 0; round < rounds && !this.spent; round++) {
      const letters = this.letters.splice(0);
      const errands = this.parties.map(({ errandCount }) => errandCount);
      for (const letter of letters) this.deliver(letter);
      this.parties.forEach((party, place) => {
        for (let done = errands[place] ?? 0; done > 0; done--) this.answer(party, 0, false);
      });
      this.turn();
      if (letters.length === 0 && errands.every((count) => count === 0)) this.skip();
    }
  }

  private partyAt({ ip, port }: Address): Party | undefined {
    return this.parties.find(({ address: its }) => its.ip === ip && its.port === port);
  }

  answer(party: Party, place: number, fails: boolean): void {
    this.events++;
    party.answer(place, fails);
  }

  pass(span: Micros): void {
    this.now += span;
  }

  /** Time passes up to what somebody waits for. */
  skip(): void {
    const waits = this.parties.map(({ endpoint }) => endpoint.nextTimeout() ?? Number.POSITIVE_INFINITY);
    const next = Math.min(...waits);
    if (next > this.now && next <= this.now + nearFuture) this.now = next;
    this.turn();
  }
}

function wayOf({ from, to }: Letter): string {
  return `${addressKey(from)} ${addressKey(to)}`;
}
