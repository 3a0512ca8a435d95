import {
  chunkAddressingCodes,
  Endpoint,
  hashBytes,
  hashFunctionCodes,
  integrityMethodCodes,
  judgeInitiation,
  protocolVersion,
  type Dialect,
  type SwarmMetadata,
} from '@weir/ppspp';
import { testConfig } from '../../libs/ppspp/src/endpoint/config.testing';
import { generated, publish, type Published } from '../sim/content';
import { Tape } from './tape';

type Settings = Omit<SwarmMetadata, 'swarmId'>;

const addressingCodes: readonly number[] = Object.values(chunkAddressingCodes);
const hashCodes: readonly number[] = Object.values(hashFunctionCodes);
const chunkSizes: readonly number[] = [1_024, 512, 2_048, 1_000];
/** Contents in chunks, and the bytes that their last chunk has, or lacks. */
const shapes: readonly (readonly [chunks: number, more: number])[] = [
  [10, 0],
  [0, 1],
  [1, 0],
  [64, 0],
  [68, 7],
  [8, -1],
  [130, 1],
];
const usual: Settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 };
const contents = new Map<string, Published>();

/** The content that four bytes choose. What the core does not speak falls back to what it does. */
export function contentOf(tape: Tape): Published {
  const choice = tape.bytes(4);
  const key = choice.join();
  const known = contents.get(key);
  if (known !== undefined) return known;
  const content = published(new Tape(choice));
  contents.set(key, content);
  return content;
}

function published(tape: Tape): Published {
  const addressing = tape.pick(addressingCodes) ?? 0;
  const hash = tape.pick(hashCodes) ?? 0;
  const chunkSize = tape.pick(chunkSizes) ?? usual.chunkSize;
  const [chunks, more] = tape.pick(shapes) ?? [1, 0];
  const settings = { ...(settingsOf(addressing, hash) ?? usual), chunkSize };
  return publish(generated('ppspp-lab', chunks * chunkSize + more), settings);
}

/** The bytes by which `contentOf` chooses each pair of addressing and hash once, in each chunk size and shape once. */
export function everyChoice(): Uint8Array[] {
  return addressingCodes.flatMap((_, addressing) =>
    hashCodes.map((_code, hash) =>
      Uint8Array.of(addressing, hash, (addressing + hash) % chunkSizes.length, (addressing * 3 + hash) % shapes.length),
    ),
  );
}

/** The widths that a content's messages have, as an endpoint sees them. */
export function dialectOf({ metadata, content }: Published): Dialect {
  const endpoint = new Endpoint(testConfig(0));
  endpoint.handle({ kind: 'join', join: { metadata, want: 'none', content, trusted: true } }, 0);
  return endpoint.swarms.find(metadata.swarmId)?.holdings.dialect ?? unknownDialect;
}

const unknownDialect: Dialect = { addressing: usual.addressing, hashBytes: 32, chunkSize: undefined };

/** What a handshake with these codes is taken to mean, if the core takes it at all. */
function settingsOf(chunkAddressing: number, hashFunction: number): Settings | undefined {
  for (const idBytes of Object.values(hashBytes)) {
    const judgement = judgeInitiation({
      version: protocolVersion,
      swarmId: new Uint8Array(idBytes),
      integrityMethod: integrityMethodCodes.merkleHashTree,
      hashFunction,
      chunkAddressing,
      chunkSize: usual.chunkSize,
    });
    if (!judgement.ok) continue;
    const { hash, addressing, chunkSize } = judgement.metadata;
    return { hash, addressing, chunkSize };
  }
  return undefined;
}
