import { chunkAddressings, hashBytes, hashFunctions, peakNodes, type SwarmRecord } from '@weir/ppspp';
import { z } from 'zod';
import { extentsMax } from '../limits';
import { extentCount } from './geometry';

/** Bytes at the start of the record of a partial file: 28 peaks of 64 bytes in hex fit twice. */
export const headerBytes = 8192;

const hex = z.string().regex(/^(?:[\da-f]{2})+$/);

const header = z
  .object({
    format: z.literal('weir-partial-1'),
    swarmId: hex,
    hash: z.enum(hashFunctions),
    addressing: z.enum(chunkAddressings),
    chunkSize: z.int().positive(),
    chunkCount: z.int().positive(),
    peaks: z.array(hex),
    integrity: z.literal('none').optional(),
    contentBytes: z.int().positive().optional(),
  })
  .refine(({ integrity, hash, swarmId }) => integrity === 'none' || swarmId.length === 2 * hashBytes[hash])
  .refine(({ integrity, contentBytes }) => integrity !== 'none' || contentBytes !== undefined)
  .refine(({ hash, peaks }) => peaks.every((peak) => peak.length === 2 * hashBytes[hash]))
  .refine(
    ({ integrity, chunkCount, peaks }) => peaks.length === (integrity === 'none' ? 0 : peakNodes(chunkCount).length),
  )
  .refine(({ chunkCount }) => extentCount(chunkCount) <= extentsMax);

/** The header: a line of JSON, filled up with spaces, so that a person can read it too. */
export function encodeHeader({ metadata, chunkCount, peaks }: SwarmRecord): Uint8Array {
  const peaksInHex = peaks.map((peak) => Buffer.from(peak).toString('hex'));
  const line = JSON.stringify({ format: 'weir-partial-1', ...metadata, chunkCount, peaks: peaksInHex });
  const bytes = Buffer.alloc(headerBytes, ' ');
  bytes.write(`${line}\n`, 'utf8');
  return bytes;
}

/** Undefined for what is no header. What a hash tree protects tells its exact size itself: what the header states is not it. */
export function decodeHeader(bytes: Uint8Array): SwarmRecord | undefined {
  const parsed = header.safeParse(parseJson(Buffer.from(bytes).toString('utf8')));
  if (!parsed.success) return undefined;
  const { swarmId, integrity, hash, addressing, chunkSize, chunkCount, peaks, contentBytes } = parsed.data;
  return {
    metadata: {
      swarmId,
      ...(integrity === undefined ? {} : { integrity }),
      ...{ hash, addressing, chunkSize },
      ...(contentBytes === undefined ? {} : { contentBytes }),
    },
    chunkCount,
    peaks: peaks.map((peak) => Buffer.from(peak, 'hex')),
    contentBytes: integrity === 'none' ? contentBytes : undefined,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
