import {
  bytesOfSwarmId,
  encodeDatagram,
  initiatingOptions,
  messageCodes,
  optionCodes,
  type Candidate,
  type HandshakeOptions,
  type Micros,
} from '@weir/ppspp';
import type { Letter, Party } from './party';
import { strangers, Scene } from './scene';
import { endpointSeeds } from './seeds';
import { Tape } from './tape';
import type { FuzzTarget } from './target';
import { sentence } from './words';

type Act = (scene: Scene, tape: Tape) => void;

/** Decisions of one input, so that each comes to its end soon. */
const actsMax = 300;
/** A decision with this bit leaves the endpoints' turn to a later one: several inputs share a drain. */
const holdBit = 128;
const millisecond: Micros = 1_000;
const spans: readonly Micros[] = [1, 1, 10, 100, 1_000, 5_000, 10_000, 30_000, 60_000, 200_000, 700_000].map(
  (span) => span * millisecond,
);

/** What can happen, by the first byte of a decision. Changing the order changes what the corpus means. */
export const acts = {
  settle: (scene, tape) => scene.settle(tape.u8()),
  deliver: (scene, tape) => changeLetter(scene, tape, (letter) => scene.deliver(letter)),
  lose: (scene, tape) => changeLetter(scene, tape, () => undefined),
  copy: (scene, tape) => changeLetter(scene, tape, (letter) => [letter, letter].forEach((one) => scene.deliver(one))),
  bend: (scene, tape) => changeLetter(scene, tape, (letter) => scene.deliver(bent(letter, tape))),
  cut: (scene, tape) => changeLetter(scene, tape, (letter) => scene.deliver(cut(letter, tape))),
  forge: (scene, tape) =>
    changeLetter(scene, tape, (letter) => scene.deliver({ ...letter, from: addressOf(scene, tape) })),
  divert: (scene, tape) =>
    changeLetter(scene, tape, (letter) => scene.deliver({ ...letter, to: partyOf(scene, tape).address })),
  wait: (scene, tape) => scene.pass(tape.pick(spans) ?? 0),
  skip: (scene) => scene.skip(),
  answer: (scene, tape) => scene.answer(partyOf(scene, tape), tape.u8(), tape.flag()),
  join: (scene, tape) =>
    partyOf(scene, tape).join(tape.pick(['all', 'demand', 'none'] as const) ?? 'none', tape.flag()),
  leave: (scene, tape) => partyOf(scene, tape).take({ kind: 'leave', swarmId: scene.content.metadata.swarmId }),
  meet: (scene, tape) =>
    partyOf(scene, tape).take({
      kind: 'peers',
      swarmId: scene.content.metadata.swarmId,
      peers: candidates(scene, tape),
    }),
  shout: (scene, tape) => scene.deliver({ from: addressOf(scene, tape), ...shout(scene, tape) }),
  speak: (scene, tape) => speak(scene, tape),
  open: (scene, tape) => scene.deliver(opening(scene, tape)),
  keep: (scene, tape) => keep(scene, partyOf(scene, tape), tape),
  evict: (scene, tape) => evict(scene, partyOf(scene, tape), tape.u8()),
  rot: (scene, tape) => partyOf(scene, tape).rot(tape.u8(), tape.u16()),
  say: (scene, tape) => say(scene, tape),
  intercept: (scene, tape) => changeLetter(scene, tape, (letter) => scene.divert(letter)),
  knock: (scene, tape) => scene.divert({ ...opening(scene, tape), to: addressOf(scene, tape) }),
  whisper: (scene, tape) => whisper(scene, tape),
  strain: ({ cache }, tape) => cache.take({ kind: 'overload', overloaded: tape.flag() }),
  fill: ({ cache }, tape) => cache.take({ kind: 'store-full', full: tape.flag() }),
  drop: (scene) => scene.lose(),
} as const satisfies Record<string, Act>;

const script: readonly Act[] = Object.values(acts);

/**
 * The endpoint as a whole: a seeder, a leecher and a cache, and an input that decides what each hears, when, and how
 * their stores answer. A `Judge` holds each of the three to its promises.
 */
export const target: FuzzTarget = {
  bytesMax: 2_048,
  dictionary: [
    ...script.map((_, code) => Uint8Array.of(code)),
    ...Object.values(messageCodes).map((code) => Uint8Array.of(code, 0, 0, 0, 0, 0, 0, 0, 0)),
    ...Object.values(optionCodes).map((code) => Uint8Array.of(code, 0)),
    Uint8Array.of(0, 255),
  ],

  run(input) {
    const tape = new Tape(input);
    const scene = new Scene(tape);
    for (let act = 0; act < actsMax && !tape.ended && !scene.spent; act++) {
      const code = tape.u8();
      script[(code & ~holdBit) % script.length]?.(scene, tape);
      if ((code & holdBit) === 0) scene.turn();
    }
    scene.turn();
  },

  seeds: () => endpointSeeds(Object.keys(acts)),
};

function partyOf(scene: Scene, tape: Tape): Party {
  return tape.pick(scene.parties) ?? scene.cache;
}

function addressOf(scene: Scene, tape: Tape) {
  return tape.pick([...scene.parties.map(({ address }) => address), ...strangers]) ?? scene.seeder.address;
}

function changeLetter(scene: Scene, tape: Tape, change: (letter: Letter) => void): void {
  const [letter] = scene.letters.splice(tape.u8() % Math.max(1, scene.letters.length), 1);
  if (letter !== undefined) change(letter);
}

function bent(letter: Letter, tape: Tape): Letter {
  const bytes = letter.bytes.slice();
  const at = tape.u16() % Math.max(1, bytes.length);
  const by = tape.bytes(tape.u8() % 9);
  bytes.set(by.subarray(0, bytes.length - at), at);
  return { ...letter, bytes };
}

function cut(letter: Letter, tape: Tape): Letter {
  const bytes = letter.bytes.slice(0, tape.u16());
  const more = tape.bytes(tape.u8() % 64);
  return { ...letter, bytes: Uint8Array.of(...bytes, ...more) };
}

function candidates(scene: Scene, tape: Tape): Candidate[] {
  return Array.from({ length: 1 + (tape.u8() % 4) }, () => ({
    address: addressOf(scene, tape),
    priority: tape.u8() % 3,
  }));
}

/** Anything at all, to anybody. */
function shout(scene: Scene, tape: Tape): { to: Letter['to']; bytes: Uint8Array } {
  return { to: partyOf(scene, tape).address, bytes: tape.bytes(tape.u16() % 1_600) };
}

/** Anything at all to a channel that is open, from its peer. */
function speak(scene: Scene, tape: Tape): void {
  const { address: to, endpoint } = partyOf(scene, tape);
  const channel = tape.pick([...endpoint.channels.all()]);
  const said = tape.bytes(tape.u16() % 1_600);
  if (channel === undefined) return;
  const bytes = new Uint8Array(4 + said.length);
  new DataView(bytes.buffer).setUint32(0, channel.id);
  bytes.set(said, 4);
  scene.deliver({ from: channel.address, to, bytes });
}

/** Well-formed messages to a channel that is open, from its peer. */
function say(scene: Scene, tape: Tape): void {
  const { address: to, endpoint } = partyOf(scene, tape);
  const channel = tape.pick([...endpoint.channels.all()]);
  if (channel === undefined) return;
  const bytes = sentence(channel.id, { tape, dialect: channel.dialect, content: scene.content });
  scene.deliver({ from: channel.address, to, bytes });
}

/** Well-formed messages to an intercepted channel, from its peer. */
function whisper(scene: Scene, tape: Tape): void {
  const channel = tape.pick([...scene.cache.endpoint.channels.all()].filter(({ origin }) => origin !== undefined));
  if (channel?.origin === undefined) return;
  const bytes = sentence(channel.id, { tape, dialect: channel.dialect, content: scene.content });
  scene.divert({ from: channel.address, to: channel.origin, bytes });
}

/** A HANDSHAKE for the swarm, or for one that differs from it in a byte, with options left out and changed. */
function opening(scene: Scene, tape: Tape): Letter {
  const { metadata } = scene.content;
  const from = addressOf(scene, tape);
  const to = partyOf(scene, tape).address;
  const channel = 1 + tape.u8();
  const swarmId = bytesOfSwarmId(metadata.swarmId);
  const change = tape.u8();
  if (change > 0) swarmId[0] = change;
  const options = changedOptions({ ...initiatingOptions(metadata, true), swarmId }, tape);
  return { from, to, bytes: encodeDatagram(0, [{ type: 'handshake', channel, options }], dialect) };
}

/** Each bit of a byte drops an option, counted from the last, and each of another sets one anew. */
function changedOptions(options: HandshakeOptions, tape: Tape): HandshakeOptions {
  const drops = tape.u8();
  const sets = tape.u8();
  const isSet = (bits: number, place: number): boolean => ((bits >> place) & 1) === 1;
  const left = Object.entries(options)
    .reverse()
    .filter((_, place) => !isSet(drops, place));
  return {
    ...Object.fromEntries(left),
    ...(isSet(sets, 0) ? { supportedMessages: tape.bytes(tape.u8() % 33) } : {}),
    ...(isSet(sets, 1) ? { chunkSize: 1 + tape.u16() } : {}),
    ...(isSet(sets, 2) ? { version: tape.u8(), minimumVersion: tape.u8() } : {}),
    ...(isSet(sets, 3) ? { integrityMethod: tape.u8() } : {}),
    ...(isSet(sets, 4) ? { hashFunction: tape.u8(), chunkAddressing: tape.u8() } : {}),
  };
}

/** A HANDSHAKE is written the same in all of them. */
const dialect = { addressing: 'chunk32', hashBytes: 32, chunkSize: undefined } as const;

/** Somebody's store gets the content, or keeps no more than so many extents of it. */
function keep({ content }: Scene, { store }: Party, tape: Tape): void {
  const capacity = tape.u8();
  if (capacity === 0) store.keepAll(content);
  else store.capacity = capacity;
}

function evict({ content }: Scene, party: Party, extent: number): void {
  const { swarmId } = content.metadata;
  party.store.erase({ swarmId, index: extent });
  party.take({ kind: 'extent-evicted', swarmId, extent });
}
