import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NoteFile } from './note-file';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-note-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('has what was written last, whoever waited for it', async () => {
  const file = join(directory, 'note.json');
  const note = new NoteFile(file);
  await expect(note.read()).resolves.toBeUndefined();
  await Promise.all([1, 2, 3].map((value) => note.write({ value })));
  await expect(new NoteFile(file).read()).resolves.toEqual({ value: 3 });
});

it('does not believe what it did not write', async () => {
  const file = join(directory, 'note.json');
  const note = new NoteFile(file);
  await note.write({ value: 1 });
  writeFileSync(file, readFileSync(file, 'utf8').replace('1}', '2}'));
  await expect(note.read()).resolves.toBeUndefined();
});

it('costs nothing where nothing can be written', async () => {
  const note = new NoteFile(join(directory, 'not-there', 'note.json'));
  await expect(note.write(1)).resolves.toBeUndefined();
  await expect(note.read()).resolves.toBeUndefined();
});
