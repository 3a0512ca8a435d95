import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { subtreeOf } from './subtree';
import { TreeBuilder } from './tree-builder';
import { rootOfPeaks } from './peaks';

const hex = (b: Uint8Array) => Buffer.from(b).toString('hex');
function content(seed: string, size: number): Uint8Array {
  const parts: Buffer[] = [];
  for (let i = 0, n = 0; n < size; i++, n += 32) {
    const c = Buffer.alloc(8);
    c.writeBigUInt64BE(BigInt(i));
    parts.push(createHash('sha256').update(seed).update(c).digest());
  }
  return Buffer.concat(parts).subarray(0, size);
}
it.each(['libswift-libswift-10k', 'libswift-libswift-100k'])('%s', (name) => {
  const v = JSON.parse(readFileSync(`test/vectors/${name}.json`, 'utf8'));
  const bytes = content(v.content.seed, v.content.size);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(v.content.sha256);
  const b = new TreeBuilder('sha1');
  for (let at = 0; at < bytes.length; at += 65536) b.add(subtreeOf('sha1', bytes.subarray(at, at + 65536), 1024));
  const t = b.finish(v.chunks);
  expect(hex(t.root)).toBe(v.swarmId);
  expect(t.peaks.map(hex)).toEqual(v.peakHashes);
  expect(hex(rootOfPeaks('sha1', v.chunks, t.peaks))).toBe(v.swarmId);
});
