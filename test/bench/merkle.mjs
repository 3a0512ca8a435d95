// A whole Merkle hash tree over chunks of 1 KiB, as publishing a file builds it, in one thread.
import ppspp from '../../dist/libs/ppspp/src/index.js';
import { measure } from './measure.mjs';

const { TreeBuilder, extentChunks, subtreeOf } = ppspp;
const chunkSize = 1024;
const extents = 256;
const extentBytes = extentChunks * chunkSize;
const content = new Uint8Array(extents * extentBytes).map((_, at) => at % 251);

export function merkleRows() {
  return ['sha1', 'sha256'].map((hash) => measure(`build a Merkle tree, ${hash}`, content.length, () => build(hash)));
}

function build(hash) {
  const builder = new TreeBuilder(hash);
  for (let at = 0; at < content.length; at += extentBytes) {
    builder.add(subtreeOf(hash, content.subarray(at, at + extentBytes), chunkSize));
  }
  builder.finish(extents * extentChunks);
}
