import { constants, gzipSync } from 'node:zlib';
import { unpacked } from './unpacked';

const text = Array.from({ length: 200 }, (_, at) => `${at},a/${at},262144,${'0123456789abcdef'.slice(at % 9)}\n`).join(
  '',
);

/** What is unpacked of bytes that come in portions, and whether it was cut. */
async function unpack(bytes: Buffer, portion = 777) {
  let isCut = false;
  const portions = Array.from({ length: Math.ceil(bytes.length / portion) }, (_, at) =>
    bytes.subarray(at * portion, (at + 1) * portion),
  );
  async function* given(): AsyncGenerator<Buffer> {
    for (const each of portions) yield await Promise.resolve(each);
  }
  const all: Uint8Array[] = [];
  for await (const each of unpacked(given(), 1_024, () => (isCut = true))) all.push(each);
  return { text: Buffer.concat(all).toString(), isCut };
}

/** As a recording does, which is on disk up to its last flush. */
const flushed = Buffer.from(gzipSync(text, { finishFlush: constants.Z_SYNC_FLUSH }));

it('gives back what is whole, of one member or several, whether or not it ends with a line', async () => {
  await expect(unpack(gzipSync(text))).resolves.toEqual({ text, isCut: false });
  const open = `${text}1,b,2,c`;
  await expect(unpack(Buffer.concat([gzipSync(text), gzipSync(open)]))).resolves.toEqual({
    text: text + open,
    isCut: false,
  });
});

it('ends with a whole line wherever it is cut, and says so', async () => {
  const whole = gzipSync(text);
  for (let bytes = 20; bytes < whole.length; bytes += 7) {
    const found = await unpack(whole.subarray(0, bytes));
    expect(found.isCut).toBe(true);
    expect(text.startsWith(found.text)).toBe(true);
    expect(found.text === '' || found.text.endsWith('\n')).toBe(true);
  }
  await expect(unpack(whole.subarray(0, -1))).resolves.toEqual({ text, isCut: true });
});

it('loses nothing that a recording had flushed, nor of whole members before one that is cut', async () => {
  await expect(unpack(flushed)).resolves.toEqual({ text, isCut: true });
  const both = await unpack(Buffer.concat([gzipSync(text), flushed]));
  expect(both).toEqual({ text: text + text, isCut: true });
});

it('takes no end of a member that was cut for the beginning of the next one', async () => {
  await expect(unpack(Buffer.concat([flushed.subarray(0, -9), gzipSync(text)]))).rejects.toMatchObject({
    code: 'Z_DATA_ERROR',
  });
});

it('passes on a line that has no end', async () => {
  const endless = 'a'.repeat(300_000);
  await expect(unpack(gzipSync(endless), 100_000)).resolves.toEqual({ text: endless, isCut: false });
});

it.each([1, 20, 5_000])(
  'ends at %d zeros behind what is packed, as tapes and blocks are filled up with',
  async (zeros) => {
    const filled = Buffer.concat([gzipSync(text), Buffer.alloc(zeros)]);
    await expect(unpack(filled)).resolves.toEqual({ text, isCut: false });
  },
);
