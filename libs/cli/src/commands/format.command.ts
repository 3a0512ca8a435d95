import { Option } from 'nest-commander';
import {
  chunkAddressings,
  listed,
  statementDefaults,
  type ChunkAddressing,
  type HashFunction,
  type IntegrityMethod,
  type SwarmId,
} from '@weir/ppspp';
import type { ContentFormat } from '../content/scan';
import { UsageError } from '../errors';
import { parseAddressing, parseChunkSize, parseHash, parseIntegrity, read } from '../options/parse';
import { WeirCommand } from './weir.command';

/** The options that say how content is cut, hashed and numbered. Left out means the default. */
export interface FormatOptions {
  readonly chunkSize?: number;
  readonly hash?: HashFunction;
  readonly addressing?: ChunkAddressing;
  readonly integrity?: IntegrityMethod;
}

/** A command that must know how content is cut, hashed and numbered. RFC 7574 section 11.1. */
export abstract class FormatCommand extends WeirCommand {
  @Option({ flags: '--chunk-size <bytes>', description: 'bytes of a chunk, 512 to 65000 (default: 1024)' })
  readChunkSize(text: string): number {
    return read('--chunk-size', text, parseChunkSize);
  }

  @Option({ flags: '--hash <function>', description: 'sha1, sha224, sha256, sha384 or sha512 (default: sha256)' })
  readHash(text: string): HashFunction {
    return read('--hash', text, parseHash);
  }

  @Option({ flags: '--addressing <method>', description: `${listed(chunkAddressings)} (default: chunk32)` })
  readAddressing(text: string): ChunkAddressing {
    return read('--addressing', text, parseAddressing);
  }

  @Option({
    flags: '--integrity <method>',
    description: 'merkle, or none in a network where nobody lies (default: merkle)',
  })
  readIntegrity(text: string): IntegrityMethod {
    return read('--integrity', text, parseIntegrity);
  }
}

/** As `FormatOptions`, of content that is here. */
export interface SourceOptions extends FormatOptions {
  readonly swarmId?: SwarmId;
}

/** How such content is named where no hash names it. */
export const swarmIdFlag = {
  flags: '--swarm-id <hex>',
  description: 'the name of the swarm, with --integrity none',
} as const;

/** The options, with what was left out. Throws a `UsageError` for those that contradict each other. */
export function formatOf({ chunkSize, hash, addressing, integrity, swarmId }: SourceOptions): ContentFormat {
  const { hash: hashDefault, addressing: addressingDefault, chunkSize: sizeDefault } = statementDefaults;
  const common = { chunkSize: chunkSize ?? sizeDefault, addressing: addressing ?? addressingDefault };
  if (integrity !== 'none') {
    if (swarmId === undefined) return { ...common, hash: hash ?? hashDefault };
    throw new UsageError(`--swarm-id ${swarmId}: the root hash is the swarm ID; leave it out, or add --integrity none`);
  }
  if (hash !== undefined) throw new UsageError(`--hash ${hash} contradicts --integrity none: nothing is hashed`);
  if (swarmId === undefined) throw new UsageError('--integrity none: name the swarm with --swarm-id, in hex');
  return { ...common, integrity, swarmId, hash: hashDefault };
}
