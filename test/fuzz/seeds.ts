import { everyChoice } from './contents';
import { recordedConversations } from './vectors';

/** Parties by their place in a scene. */
const [cache, seeder, leecher, stranger] = [0, 1, 2, 3];
/** Channels of a party by their age. */
const oldest = 0;

/** Inputs for the endpoint: whole downloads in every dialect, and what peers said that are not ours. */
export function endpointSeeds(acts: readonly string[]): Uint8Array[] {
  const code = (name: string): number => acts.indexOf(name);
  const fetching = (party: number): number[] => [code('join'), party, 0, 0];
  const meeting = (party: number, ...others: readonly number[]): number[] => [
    code('meet'),
    party,
    others.length - 1,
    ...others.flatMap((other) => [other, 0]),
  ];
  const settling = (rounds: number): number[] => [code('settle'), rounds];
  const direct = [...fetching(leecher), ...meeting(leecher, seeder), ...settling(60)];
  const cached = [...fetching(leecher), ...meeting(leecher, cache), ...settling(9), ...meeting(cache, seeder)];
  const storing = [code('keep'), cache, 0, code('join'), cache, 2, 0];
  const reading = [...fetching(leecher), ...meeting(leecher, cache), ...settling(60)];
  const knocking = (drops: number, sets: number): number[] => [code('open'), stranger, cache, 1, 0, drops, sets];
  // All words one after the other, to both ends of a channel in the middle of a download.
  const saying = Array.from({ length: 26 }, (_, at) => [
    code('say'),
    at % 2 === 0 ? seeder : leecher,
    oldest,
    0,
    at >> 1,
    3,
    0,
    1,
  ]);
  const plays: readonly (readonly number[])[] = [
    direct,
    [...cached, ...settling(90)],
    [...direct, code('wait'), 8, code('skip'), ...settling(9), code('leave'), leecher, ...settling(9)],
    [...cached, code('bend'), 0, 0, 40, 1, 255, code('lose'), 0, code('copy'), 0, ...settling(90)],
    [...storing, ...reading],
    [...direct.slice(0, -1), 6, ...saying.flat(), ...settling(60)],
    [...storing, code('rot'), cache, 0, 0, 9, ...reading],
    [...storing, ...knocking(0, 0), ...knocking(3, 0), code('wait'), 4, ...knocking(0, 1), 1, 255],
  ];
  const between = 1 << 5;
  const fromAfar = [...fetching(leecher), ...meeting(leecher, seeder)];
  const intercepted: readonly (readonly number[])[] = [
    [...fromAfar, ...settling(90)],
    [...fromAfar, ...settling(40), code('drop'), ...settling(60)],
    [...fromAfar, ...settling(40), code('leave'), seeder, ...settling(60), code('wait'), 6, ...settling(9)],
    [code('strain'), 1, ...fromAfar, ...settling(30), code('strain'), 0, ...settling(60)],
    [code('fill'), 1, code('knock'), leecher, cache, 1, 0, 0, 0, seeder, ...settling(60)],
    [...storing, ...fromAfar, ...settling(9), code('whisper'), 0, 1, 2, 3, 0, 1, ...settling(60)],
  ];
  const diverted = intercepted.map((play) => Uint8Array.of(2, 0, 0, 0, between | 6, ...play));
  const downloads = everyChoice().flatMap((choice) =>
    plays.map((play, flags) => Uint8Array.of(...choice, flags, ...play)),
  );
  return [...diverted, ...downloads, ...foreignLeechers(code('shout'), code('speak'))];
}

/** What a recorded leecher said, to our seeder of the same content. */
function foreignLeechers(shout: number, speak: number): Uint8Array[] {
  const usual = [2, 0, 0, 0, 0];
  return recordedConversations(60).map((datagrams) => {
    const said = datagrams.filter(({ toSeeder }) => toSeeder).map(({ bytes }) => bytes);
    const [first = new Uint8Array(), ...others] = said;
    const spoken = others.flatMap((bytes) => [speak, seeder, oldest, 0, bytes.length - 4, ...bytes.subarray(4, 255)]);
    return Uint8Array.of(...usual, shout, stranger, seeder, 0, first.length, ...first, ...spoken);
  });
}
