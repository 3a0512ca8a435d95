import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { originsMax } from './limits';
import { Origins } from './origins';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-origins-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('know who named a swarm first, after a restart too', async () => {
  const origins = await Origins.open(directory);
  expect(origins.name('a', 'http://t/')).toBe('http://t/');
  expect(origins.name('a', 'http://other/')).toBe('http://t/');
  origins.name('b', 'http://other/');
  origins.name('c', 'http://t/');
  await origins.stop();
  const again = await Origins.open(directory);
  expect(again.of('http://t/')).toEqual(['a', 'c']);
  expect(again.name('b', 'http://t/')).toBe('http://other/');
  await again.stop();
});

it('forget those first that were named first', () => {
  const origins = new Origins();
  for (let swarm = 0; swarm <= originsMax; swarm++) origins.name(String(swarm), 'http://t/');
  const known = origins.of('http://t/');
  expect(known).toHaveLength(originsMax);
  expect(known[0]).toBe('1');
});

it.each(['', '[1]', 'crc32 00000000\n{"http://t/":["a"]}\n'])(
  'begin anew where what was kept is not whole (%#)',
  async (text) => {
    writeFileSync(join(directory, 'origins.json'), text);
    const origins = await Origins.open(directory);
    expect(origins.of('http://t/')).toEqual([]);
    await origins.stop();
  },
);
