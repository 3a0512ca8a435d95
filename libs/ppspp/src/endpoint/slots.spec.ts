import { limits, second } from '../limits';
import { published } from '../swarm/published.testing';
import type { Message } from '../wire/message';
import { addressKey, type Address } from './address';
import { channelOf, messagesOf, opening, saying, TestEndpoint, type Sent } from './endpoint.testing';

const content = published(300 * 1_024);

/** A peer that says what it is told to, and hears what it is sent. */
class Caller {
  readonly address: Address;
  heard: Message[] = [];
  private channel = 0;

  constructor(
    private readonly server: TestEndpoint,
    host: number,
    supportedMessages?: Uint8Array,
    network = '10.2.0',
  ) {
    this.address = { ip: `${network}.${String(host)}`, port: 7 };
    const options = supportedMessages === undefined ? {} : { supportedMessages };
    server.hear(this.address, opening(content.metadata, host, options));
    this.channel = channelOf(this.mine(server.take()));
    this.say();
  }

  say(...messages: readonly Message[]): this {
    this.server.hear(this.address, saying(this.channel, ...messages));
    return this;
  }

  ask(first: number, last: number): this {
    return this.say({ type: 'request', range: { first, last } });
  }

  /** Takes what is its own; acknowledges each chunk. */
  hear(sent: readonly Sent[]): this {
    for (const message of messagesOf(this.mine(sent)))
      if (message.type === 'data') this.say({ type: 'ack', range: message.range, delay: 1n });
    return this.listen(sent);
  }

  /** Takes what is its own, and says nothing. */
  listen(sent: readonly Sent[]): this {
    this.heard.push(...messagesOf(this.mine(sent)));
    return this;
  }

  /** How often it heard each type since the last call. */
  count(type: Message['type']): number {
    const found = this.heard.filter((message) => message.type === type).length;
    this.heard = this.heard.filter((message) => message.type !== type);
    return found;
  }

  private mine(sent: readonly Sent[]): Sent[] {
    return sent.filter(({ to }) => addressKey(to) === addressKey(this.address));
  }
}

let server: TestEndpoint;

function callers(count: number): Caller[] {
  return Array.from({ length: count }, (_, host) => new Caller(server, host + 1));
}

/** Lets time pass in small steps, so that all hear at once what they are sent. */
function wait(span: number, everyone: readonly Caller[]): void {
  for (const end = server.now + span; server.now < end;) {
    const sent = server.wait(second / 20);
    for (const one of everyone) one.hear(sent);
  }
}

describe('Slots', () => {
  beforeEach(() => {
    server = new TestEndpoint({ uploadSlots: 2 }).seed(content);
  });

  it('serve whoever asks, as long as there are some', () => {
    const everyone = callers(3);
    for (const one of everyone.slice(0, 2)) one.ask(0, 9);
    wait(3 * second, everyone);
    expect(everyone.map((one) => one.count('data'))).toEqual([10, 10, 0]);
    // Those who have what they asked for need no slot.
    everyone[2]?.ask(0, 9);
    wait(second, everyone);
    expect(everyone.map((one) => [one.count('data'), one.count('choke')])).toEqual([
      [0, 0],
      [0, 0],
      [10, 0],
    ]);
  });

  it('choke who asks beyond, and drop its requests; CHOKE is said again at most once a second', () => {
    const everyone = callers(3);
    const [one, two, three] = everyone;
    for (let turn = 0; turn < 40; turn++) {
      // Two never have enough, and acknowledge nothing.
      one?.ask(0, 299);
      two?.ask(0, 299);
      three?.ask(5, 5).ask(6, 6);
      three?.hear(server.wait(second / 10));
    }
    expect(three?.count('data')).toBe(0);
    expect(three?.count('choke')).toBe(4);
    expect(one?.count('choke')).toBe(0);
  });

  it('pass on by turns: who was served longest makes room, and is told', () => {
    const everyone = callers(4);
    const served = everyone.map((): number[] => []);
    for (let seconds = 0; seconds < 45; seconds++) {
      // All want all, again and again.
      for (const one of everyone) one.ask(0, 299);
      const sent = server.wait(second);
      everyone.forEach((one, at) => {
        if (one.listen(sent).count('data') > 0) served[at]?.push(seconds);
      });
    }
    for (const seconds of served) {
      expect(seconds.length).toBeGreaterThanOrEqual(10);
      expect(seconds.length).toBeLessThanOrEqual(28);
    }
    expect([served[0]?.[0], served[2]?.[0]]).toEqual([0, 10]);
    expect(everyone.map((one) => one.count('unchoke'))).toEqual([2, 2, 2, 2]);
  });

  it('are lost with the requests that waited: after UNCHOKE nothing comes unasked', () => {
    const everyone = callers(3);
    const [one, two, three] = everyone;
    one?.ask(0, 299);
    two?.ask(0, 299);
    three?.ask(7, 7);
    // Nobody acknowledges: both holders are busy until their turn is over.
    const sent = server.wait(limits.slotTurn + second);
    three?.hear(sent);
    expect([three?.count('choke'), three?.count('unchoke'), three?.count('data')]).toEqual([1, 1, 0]);
    three?.ask(7, 7).hear(server.take());
    expect(three?.heard.filter(({ type }) => type === 'data')).toHaveLength(1);
  });

  it('say UNCHOKE again to who waits on, as it may have been lost', () => {
    const everyone = callers(3);
    const [one, two, three] = everyone;
    one?.ask(0, 299);
    two?.ask(0, 299);
    three?.ask(7, 7);
    three?.hear(server.wait(limits.slotTurn + second));
    expect(three?.count('unchoke')).toBe(1);
    three?.say().hear(server.wait(second / 2));
    three?.say().hear(server.wait(second / 2));
    expect(three?.count('unchoke')).toBe(1);
    three
      ?.ask(7, 7)
      .say()
      .hear(server.wait(2 * second));
    expect(three?.count('unchoke')).toBe(0);
  });

  it('choke nobody who reads no CHOKE: it is not served, and no more', () => {
    const [one, two] = callers(2);
    one?.ask(0, 299);
    two?.ask(0, 299);
    // DATA, ACK, HAVE, INTEGRITY and REQUEST alone.
    const deaf = new Caller(server, 3, Uint8Array.of(0b1111_1000, 0b1000_0000));
    deaf.ask(5, 5).hear(server.wait(second));
    expect(deaf.heard.filter(({ type }) => type !== 'have' && type !== 'handshake')).toEqual([]);
    deaf.hear(server.wait(limits.slotTurn));
    deaf.ask(5, 5).hear(server.take());
    expect([deaf.count('choke'), deaf.count('unchoke'), deaf.count('data')]).toEqual([0, 0, 1]);
  });

  it('are free again when their holders leave', () => {
    const [one, two, three] = callers(3);
    one?.ask(0, 299);
    two?.ask(0, 299);
    three?.ask(5, 5).hear(server.take());
    expect(three?.count('choke')).toBe(1);
    one?.say({ type: 'handshake', channel: 0, options: {} });
    three?.hear(server.wait(second));
    expect(three?.count('unchoke')).toBe(1);
  });

  it('serve guests as long as no subscriber needs them, and take them away at once', () => {
    const isGuest = ({ ip }: Address): boolean => ip.startsWith('10.3.');
    server = new TestEndpoint({ uploadSlots: 2, admit: (from) => (isGuest(from) ? 'visit' : 'serve') }).seed(content);
    const guests = [7, 8, 9].map((host) => new Caller(server, host, undefined, '10.3.0'));
    for (const guest of guests) guest.ask(0, 299);
    const sent = server.wait(second);
    for (const guest of guests) guest.listen(sent);
    expect(guests.map((guest) => guest.count('data') > 0)).toEqual([true, true, false]);
    expect(guests.map((guest) => guest.count('choke'))).toEqual([0, 0, 1]);
    const everyone = callers(2);
    for (const one of everyone) one.ask(0, 299).listen(server.take());
    expect(everyone.map((one) => one.count('data') > 0)).toEqual([true, true]);
    expect(everyone.map((one) => one.count('choke'))).toEqual([0, 0]);
    // No turn is theirs while subscribers want something.
    const later: Sent[] = [];
    for (let seconds = 0; seconds < 25; seconds++) {
      for (const one of everyone) one.ask(0, 299);
      later.push(...server.wait(second));
    }
    for (const guest of guests) guest.listen(later);
    expect(guests.map((guest) => guest.count('data'))).toEqual([0, 0, 0]);
    for (const one of everyone) one.say({ type: 'handshake', channel: 0, options: {} });
    const last = server.wait(second);
    for (const guest of guests) guest.listen(last);
    expect(guests.filter((guest) => guest.count('unchoke') > 0)).toHaveLength(2);
  });
});
