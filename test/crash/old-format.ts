import { open } from 'lmdb';

const bytesAsTheyAre = { encoding: 'binary', keyEncoding: 'binary' } as const;

/** Makes of a store that nobody has open one as format 1 had it: without the databases that came later. */
export async function ofFormatOne(directory: string): Promise<void> {
  const root = open<Buffer, Buffer>({ ...bytesAsTheyAre, path: directory, noSubdir: false, pageSize: 4096, maxDbs: 8 });
  for (const name of ['policy', 'rules']) root.openDB<Buffer, Buffer>(name, bytesAsTheyAre).dropSync();
  root.openDB<Buffer, Buffer>('meta', bytesAsTheyAre).putSync(Buffer.from('format'), Buffer.of(0, 0, 0, 1));
  await root.close();
}
