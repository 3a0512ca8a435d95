import type { Table } from './lmdb-environment';

/** A value in memory of its own: LMDB reuses the buffer that it answers with. */
export function copyOf(table: Table & { lastSize?: number }, key: Buffer): Uint8Array | undefined {
  const value = table.getBinaryFast(key);
  if (value === undefined) return undefined;
  // Its length is a property LMDB sets, not the array's own: only a part of it is as long as it says.
  const part = value.subarray(0, table.lastSize ?? value.length);
  const copy = new Uint8Array(Buffer.allocUnsafeSlow(part.length).buffer);
  copy.set(part);
  return copy;
}
