import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { subtreeHashes, subtreeOf } from '@weir/ppspp';
import { pageBytes } from '../footprint';
import { openLmdbWriter } from '../lmdb-store';
import { emptyBatch } from '../store';
import { workerFile } from '../worker-file';
import { inspectPages } from './inspect-pages';
import { headerBytes, meta, pageFlags, tree as treePlace } from './page-layout';
import { placesIn } from './pages.testing';

const seed = Number(process.env['WEIR_ROT_SEED'] ?? randomInt(2 ** 31));
/** Flips of each kind; `npm run test:rot` makes more. */
const rounds = Number(process.env['WEIR_ROT_ROUNDS'] ?? 1);
const swarms = [1, 2, 3].map((at) => ({ seed: at, swarmId: String(at).repeat(64), extents: 60 }));
const total = 180;
const builtLibs = join(dirname(workerFile('writer')), '../..');

/** What may be hit, and how many extents a flip there may take along: all, where the file is set aside. */
const kinds = {
  payload: 1,
  'extent header': 1,
  'extent hashes': 1,
  'hash block': 0,
  record: 60,
  'meta table': 0,
  'leaf page': total,
  'branch page': total,
  'meta page': total,
  'free list': total,
  'names of the databases': total,
  'head of a value': 0,
  anywhere: total,
} as const;

type Kind = keyof typeof kinds;

/** Where bits anywhere are: most of a file is payload, so that half of them are aimed at something else. */
const aims = Object.keys(kinds).flatMap((kind): Kind[] => (isKind(kind) ? [kind, 'anywhere'] : []));

/** What a process saw that was started on the store. */
interface Seen {
  readonly damage: readonly string[];
  readonly wrong: readonly string[];
  /** Extents that were served, and after what was lost was written again. */
  readonly served: number;
  readonly again: number;
}

/** Runs the compiled store in processes of its own: build first. */
describe(`a store in which bits are flipped (WEIR_ROT_SEED=${seed})`, () => {
  let folder: string;
  let file: string;
  let places: ReturnType<typeof placesIn>;
  const random = randomFrom(seed);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weir-rot-'));
    await fill(folder);
    file = join(folder, 'data.mdb');
    places = placesIn(file);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('serves everything where nothing was flipped', () => {
    expect(startOn([])).toEqual({ damage: [], wrong: [], served: total, again: total });
  });

  it.each(Object.keys(kinds).filter(isKind))(
    'in a %s: lives, serves nothing wrong and all that is whole, and says what it found',
    (kind) => {
      for (let round = 0; round < rounds; round++) {
        const bits = bitsIn(kind);
        const seen = startOn(bits);
        const lost = total - seen.served;
        expect([bits, seen.wrong, seen.again]).toEqual([bits, [], total]);
        expect([bits, lost <= kinds[kind], lost === 0 || seen.damage.length > 0]).toEqual([bits, true, true]);
      }
    },
    Math.max(30_000, rounds * 5_000),
  );

  function startOn(bits: readonly number[]): Seen {
    const directory = join(folder, 'copy');
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    for (const name of ['data.mdb', 'rules.json']) copyFileSync(join(folder, name), join(directory, name));
    flip(join(directory, 'data.mdb'), bits);
    const child = [join(__dirname, 'rot.child.cjs'), builtLibs, directory, JSON.stringify(swarms)];
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, child, {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect({ bits, status, signal, stderr: status === 0 ? '' : stderr }).toEqual({
      bits,
      status: 0,
      signal: null,
      stderr: '',
    });
    const seen: Seen = JSON.parse(stdout);
    return seen;
  }

  /** Bits of the file, counted from its first: one, or some that have nothing to do with each other. */
  function bitsIn(kind: Kind): number[] {
    const count = kind === 'anywhere' ? 2 ** Math.floor(random() * 7) : 1;
    return Array.from({ length: count }, () => {
      const [from, bytes] = rangeOf(kind === 'anywhere' ? one(aims) : kind);
      return (from + Math.floor(random() * bytes)) * 8 + Math.floor(random() * 8);
    });
  }

  function rangeOf(kind: Kind): readonly [from: number, bytes: number] {
    const value = (tree: string) => one(places.filter((place) => place.tree === tree));
    const extent = value('extents');
    const hashes = subtreeHashes * 32;
    switch (kind) {
      case 'payload':
        return [extent.offset + 8, extent.valueBytes - 8 - hashes];
      case 'extent header':
        return [extent.offset, 8];
      case 'extent hashes':
        return [extent.offset + extent.valueBytes - hashes, hashes];
      case 'hash block':
        return [value('hashes').offset, value('hashes').valueBytes];
      case 'record':
        return [value('swarms').offset, value('swarms').valueBytes];
      case 'meta table':
        return [value('meta').offset, 8];
      case 'leaf page':
        return [extent.pageNumber * pageBytes, pageBytes];
      case 'branch page':
        return [pageOf('branch') * pageBytes, pageBytes];
      case 'meta page':
        return [one([0, 1]) * pageBytes, 24 + 144];
      case 'free list':
        return [freeRoot() * pageBytes, pageBytes];
      case 'names of the databases':
        return [mainRoot() * pageBytes, pageBytes];
      case 'head of a value':
        return [one([extent, value('hashes')]).offset - headerBytes, headerBytes];
      case 'anywhere':
        return [0, statSync(file).size];
    }
  }

  function one<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new RangeError('the store has none of them');
    return item;
  }

  function pageOf(kind: 'branch'): number {
    const bytes = readFileSync(file);
    const pages = Array.from({ length: bytes.length / pageBytes }, (_, page) => page);
    return one(pages.filter((page) => page > 1 && bytes.readUInt16LE(page * pageBytes + 18) === pageFlags[kind]));
  }

  function freeRoot(): number {
    return rootAt(meta.freeTree);
  }

  function mainRoot(): number {
    return rootAt(meta.mainTree);
  }

  function rootAt(tree: number): number {
    const { slot = 0 } = inspectPages(file);
    return Number(readFileSync(file).readBigUInt64LE(slot * pageBytes + headerBytes + tree + treePlace.root));
  }
});

function isKind(text: string): text is Kind {
  return text in kinds;
}

/** Three swarms, of which others were evicted and erased before, so that there are branches and free pages. */
async function fill(directory: string): Promise<void> {
  const writer = openLmdbWriter({ directory, capacityBytes: 2 ** 28 });
  const gone = { seed: 9, swarmId: '9'.repeat(64), extents: 60 };
  for (let index = 0; index < 60; index++) {
    const writes = [...swarms, gone].map(({ seed: content, swarmId, extents }) => {
      const metadata = { swarmId, hash: 'sha256', addressing: 'chunk32', chunkSize: 64 } as const;
      const peaks = [Buffer.from(swarmId, 'hex')];
      const bytes = bytesOf(content, index);
      const hashes = subtreeOf('sha256', bytes, 64);
      const record = { metadata, chunkCount: 64 * extents, peaks, contentBytes: undefined };
      return { record, extents: [{ index, bytes, hashes }], blocks: [{ tier: 1, index: 0, hashes }] };
    });
    writer.commit([{ ...emptyBatch, writes }], 1_700_000_000);
  }
  writer.commit([{ ...emptyBatch, erase: [{ swarmId: gone.swarmId }] }], 1_700_000_000);
  while (writer.sweep());
  await writer.close();
}

/** The same bytes as in the child. */
function bytesOf(content: number, index: number): Uint8Array {
  const words = new Uint32Array(1024);
  for (let at = 0; at < words.length; at++) words[at] = Math.imul((content * 1000 + index) * 1024 + at + 1, 2654435761);
  return new Uint8Array(words.buffer);
}

function flip(path: string, bits: readonly number[]): void {
  const bytes = readFileSync(path);
  for (const bit of bits) {
    const at = Math.floor(bit / 8);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
  }
  writeFileSync(path, bytes);
}

/** Numbers from 0 to 1 that depend on the seed alone. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
