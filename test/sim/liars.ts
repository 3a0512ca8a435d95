import {
  climbFromPeaks,
  decodeDatagram,
  encodeDatagram,
  hashBytes,
  nodeOfRange,
  peakNodes,
  rangeOfNode,
  rootHeight,
  type Dialect,
  type Message,
} from '@weir/ppspp';
import type { Published } from './content';
import type { Dice } from './dice';

/** Changes datagrams on their way out. */
export type Liar = (bytes: Uint8Array) => Uint8Array | undefined;

function changing({ metadata }: Published, change: (message: Message) => Message[]): Liar {
  const { hash, addressing, chunkSize } = metadata;
  const dialect: Dialect = { addressing, hashBytes: hashBytes[hash], chunkSize };
  return (bytes) => {
    const { channel, messages } = decodeDatagram(bytes, dialect);
    return messages.length === 0 ? bytes : encodeDatagram(channel, messages.flatMap(change), dialect);
  };
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ 1;
  return copy;
}

/** Every so many chunks, one has a wrong bit. */
export function wrongChunks(published: Published, every: number): Liar {
  let count = 0;
  return changing(published, (message) => {
    if (message.type !== 'data' || ++count % every > 0) return [message];
    return [{ ...message, bytes: flipped(message.bytes, count) }];
  });
}

/** Says that it has all, and has one of so many chunks. */
export function withheldChunks(published: Published, of: number): Liar {
  return changing(published, (message) => (message.type === 'data' && message.range.first % of > 0 ? [] : [message]));
}

/** Chunks are right, and every so many hashes one is not. */
export function wrongHashes(published: Published, every: number): Liar {
  let count = 0;
  return changing(published, (message) => {
    if (message.type !== 'integrity' || ++count % every > 0) return [message];
    return [{ ...message, hash: flipped(message.hash, count) }];
  });
}

/** All is right but the peaks. */
export function wrongPeaks(published: Published): Liar {
  const peaks = peakNodes(published.content.record.chunkCount);
  return changing(published, (message) => {
    const node = message.type === 'integrity' ? nodeOfRange(message.range) : undefined;
    const isPeak = peaks.some(({ height, index }) => height === node?.height && index === node.index);
    return message.type === 'integrity' && isPeak ? [{ ...message, hash: flipped(message.hash, 1) }] : [message];
  });
}

/** Chunks go the wrong way: each is sent as its neighbour. */
export function swappedChunks(published: Published): Liar {
  return changing(published, (message) => {
    if (message.type !== 'data') return [message];
    const other = message.range.first ^ 1;
    const from = other * published.metadata.chunkSize;
    const bytes = published.bytes.subarray(from, from + published.metadata.chunkSize);
    return [bytes.length === 0 ? message : { ...message, bytes }];
  });
}

/** Shows the root's two children as the only chunk of a content with one chunk: all of it leads to the root. */
export function cutTree(published: Published): Liar {
  const { metadata, content } = published;
  const { chunkCount, peaks } = content.record;
  const top = rootHeight(chunkCount);
  const nodes = [
    ...peakNodes(chunkCount).map((node, at) => ({ ...node, hash: peaks[at] ?? new Uint8Array() })),
    ...climbFromPeaks(metadata.hash, chunkCount, peaks),
  ];
  const hashOf = (height: number, index: number): Uint8Array =>
    nodes.find((node) => node.height === height && node.index === index)?.hash ??
    new Uint8Array(hashBytes[metadata.hash]);
  const only = { first: 0, last: 0 };
  const bytes = Buffer.concat([hashOf(top - 1, 0), hashOf(top - 1, 1)]);
  return changing(published, (message) => {
    if (message.type === 'have') return [{ ...message, range: only }];
    if (message.type !== 'data') return message.type === 'integrity' ? [] : [message];
    const root: Message = { type: 'integrity', range: only, hash: hashOf(top, 0) };
    return [root, { ...message, range: only, bytes }];
  });
}

/** Says that there are as many chunks as the tree could have, and has them all. */
export function tooMany(published: Published): Liar {
  const { metadata, content } = published;
  const { chunkCount, peaks } = content.record;
  const all = { first: 0, last: 2 ** rootHeight(chunkCount) - 1 };
  // From the root down to the largest peak: what the true peaks would have told.
  const shown = climbFromPeaks(metadata.hash, chunkCount, peaks).reverse();
  return changing(published, (message) => {
    if (message.type === 'have') return [{ ...message, range: all }];
    const node = message.type === 'integrity' ? nodeOfRange(message.range) : undefined;
    const isPeak = peakNodes(chunkCount).some(({ height, index }) => height === node?.height && index === node.index);
    if (message.type !== 'integrity' || !isPeak) return [message];
    return message.range.first > 0
      ? []
      : shown.map(({ height, index, hash }) => ({ type: 'integrity', range: rangeOfNode(height, index), hash }));
  });
}

/** Now and then flips bits of what it sends, cuts it short, or puts another's beginning before it. */
export function noise(dice: Dice): Liar {
  let last: Uint8Array = new Uint8Array(4);
  return (bytes) => {
    const before = last;
    last = bytes;
    if (!dice.chance(0.3)) return bytes;
    const changed = bytes.slice();
    const at = dice.between(0, bytes.length - 1);
    switch (dice.between(0, 3)) {
      case 0:
        changed[at] = (changed[at] ?? 0) ^ dice.between(1, 255);
        return changed;
      case 1:
        return changed.subarray(0, at);
      case 2:
        return Uint8Array.from([...changed.subarray(0, at), ...before.subarray(4)]).subarray(0, 1_400);
      default:
        return changed.fill(dice.one(0, 255), at, at + dice.between(1, 16));
    }
  };
}
