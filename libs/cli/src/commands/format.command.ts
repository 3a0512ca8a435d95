import { Option } from 'nest-commander';
import { chunkAddressings, type ChunkAddressing, type HashFunction } from '@weir/ppspp';
import type { ContentFormat } from '../content/scan';
import { listed, parseAddressing, parseChunkSize, parseHash, read } from '../options/parse';
import { WeirCommand } from './weir.command';

/** The options that say how content is cut, hashed and numbered. Left out means the default. */
export interface FormatOptions {
  readonly chunkSize?: number;
  readonly hash?: HashFunction;
  readonly addressing?: ChunkAddressing;
}

/** RFC 7574 section 11.1, table 8: what every implementation has. */
const defaultFormat: ContentFormat = Object.freeze({ chunkSize: 1024, hash: 'sha256', addressing: 'chunk32' });

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

  /** The options, with what was left out. */
  protected formatOf({ chunkSize, hash, addressing }: FormatOptions): ContentFormat {
    return {
      chunkSize: chunkSize ?? defaultFormat.chunkSize,
      hash: hash ?? defaultFormat.hash,
      addressing: addressing ?? defaultFormat.addressing,
    };
  }
}
