import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { TraceParser } from '@weir/policy';
import { diskReserve } from '../limits';
import { filesPerRecording, waitingBytesMax } from './limits';
import { TraceRecorder } from './trace-recorder';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-recording-'));
  folders.push(folder);
  return join(folder, 'traces');
}

const textOf = (folder: string): string =>
  readdirSync(folder)
    .sort()
    .map((name) => gunzipSync(readFileSync(join(folder, name))).toString())
    .join('');

/** A clock that stands still. */
const noon = (): number => Date.UTC(2026, 0, 1, 12);
const one = 0xabababababab;
const other = 0xcdcdcdcdcdcd;
const bytesMax = 1_000_000;

/** What an event loop does between two batches of a writer's. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function untilMade(directory: string): Promise<void> {
  while (!existsSync(directory)) await turn();
  await turn();
}

describe('a recording', () => {
  it('is a trace: a line for each segment that somebody comes to', async () => {
    const directory = temporary();
    let millis = noon();
    const recorder = new TraceRecorder({ directory, bytesMax }, () => millis);
    recorder.record({ key: one, segment: 0, bytes: 278_528, by: 7 });
    recorder.record({ key: one, segment: 1, bytes: 278_528, by: 7 });
    millis += 1_500;
    recorder.record({ key: one, segment: 0, bytes: 278_528, by: 8 });
    recorder.record({ key: other, segment: 3, bytes: 540_672, by: 8 });
    recorder.record({ key: other, segment: 3, bytes: 540_672, by: 0 });
    await recorder.stop();
    const [header, ...lines] = textOf(directory).trimEnd().split('\n');
    expect(header).toBe('time,object,bytes,subscriber');
    const shape = lines.map((line) => line.replace(/[\da-f]{13}\//, 'S/').replace(/[\da-f]{8}$/, 'B'));
    expect(shape).toEqual([
      '0.000,S/0,278528,B',
      '0.000,S/1,278528,B',
      '1.500,S/0,278528,B',
      '1.500,S/3,540672,B',
      '1.500,S/3,540672,',
    ]);
    const parser = new TraceParser();
    parser.push(Buffer.from(textOf(directory)));
    parser.end();
    expect(parser.malformed).toBe(0);
    expect([...parser.objects().segments]).toEqual([0, 1, 3]);
    expect(recorder.drain()).toEqual({ recorded: 5, dropped: 0, noRoom: 0, failures: 0 });
  });

  it('names nobody and nothing: other names each time, the same within', async () => {
    const names = async (): Promise<string[]> => {
      const directory = temporary();
      const recorder = new TraceRecorder({ directory, bytesMax }, noon);
      for (const segment of [0, 1]) recorder.record({ key: one, segment, bytes: 1, by: 0xdeadbeef });
      await recorder.stop();
      const text = textOf(directory);
      expect(text).not.toMatch(/abab|188753807911851|deadbeef|3735928559|2026/);
      return (text.match(/(?<=,)[\da-f]{13}(?=\/)|[\da-f]{8}$/gm) ?? []).sort();
    };
    const [first, second] = [await names(), await names()];
    expect(new Set(first).size).toBe(2);
    expect(first.some((name) => second.includes(name))).toBe(false);
  });

  it('stays within its bytes: the oldest file leaves for a new one', async () => {
    const directory = temporary();
    const small = 200_000;
    const recorder = new TraceRecorder({ directory, bytesMax: small });
    for (let index = 0; index < 60_000; index++) {
      recorder.record({ key: one, segment: index, bytes: 1, by: index + 1 });
      if (index % 500 === 0) await turn();
    }
    await recorder.stop();
    const files = readdirSync(directory).sort();
    const total = files.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
    expect(files.length).toBeGreaterThan(1);
    expect(total).toBeLessThanOrEqual(small);
    expect(total).toBeGreaterThan(small / 4);
    expect(textOf(directory)).toContain(`/59999,`);
    expect(files[0]).toMatch(/^weir-trace-\d{8}T\d{9}Z-\d{6}\.csv\.gz$/);
    expect(files[0]).not.toMatch(/-000000\./);
    const { recorded, dropped } = recorder.drain();
    expect(recorded + dropped).toBe(60_000);
    expect(recorder.drain()).toEqual({ recorded: 0, dropped: 0, noRoom: 0, failures: 0 });
    expect(filesPerRecording).toBeGreaterThan(1);
  });

  it('leaves out what comes faster than it can be written, and counts it', async () => {
    const directory = temporary();
    const recorder = new TraceRecorder({ directory, bytesMax: 100 * bytesMax });
    recorder.record({ key: one, segment: 0, bytes: 1, by: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    const uses = Math.ceil((2 * waitingBytesMax) / 40);
    for (let index = 0; index < uses; index++) recorder.record({ key: one, segment: index, bytes: 1, by: 2 });
    await recorder.stop();
    const { recorded, dropped, failures } = recorder.drain();
    expect(dropped).toBeGreaterThan(0);
    expect(recorded).toBeGreaterThan(0);
    expect({ sum: recorded + dropped, failures }).toEqual({ sum: uses + 1, failures: 0 });
    expect(textOf(directory).split('\n').length - 2).toBe(recorded);
  });

  it('stops before it takes what has to stay free of the disk, says why, and goes on in another file when there is room', async () => {
    const directory = temporary();
    const totalBytes = 100 * waitingBytesMax;
    let freeBytes = totalBytes;
    const recorder = new TraceRecorder({ directory, bytesMax }, noon, () => ({ freeBytes, totalBytes }));
    const fill = async (): Promise<void> => {
      await turn();
      for (let use = 0; use < 1_024; use++) recorder.record({ key: one, segment: use, bytes: 1, by: 1 });
    };
    await untilMade(directory);
    await fill();
    freeBytes = totalBytes * diskReserve + waitingBytesMax - 1;
    await fill();
    await fill();
    freeBytes++;
    await fill();
    await recorder.stop();
    expect(recorder.drain()).toEqual({ recorded: 2_048, dropped: 0, noRoom: 2_048, failures: 0 });
    expect(readdirSync(directory)).toHaveLength(2);
    expect(textOf(directory).split('\n')).toHaveLength(2_048 + 2 + 1);
  });

  it('throws nothing where nothing can be written', async () => {
    const directory = temporary();
    writeFileSync(directory, 'a file');
    const recorder = new TraceRecorder({ directory, bytesMax }, noon);
    recorder.record({ key: one, segment: 0, bytes: 1, by: 1 });
    await recorder.stop();
    expect(recorder.drain().failures).toBe(1);
  });

  it('tries again after a while, or once the clock was set back', async () => {
    const directory = temporary();
    writeFileSync(directory, 'a file');
    let millis = noon();
    const recorder = new TraceRecorder({ directory, bytesMax }, () => millis);
    const fill = (): void => {
      for (let use = 0; use < 1_024; use++) recorder.record({ key: one, segment: use, bytes: 1, by: 1 });
    };
    for (let failures = 0; failures === 0; failures = recorder.drain().failures) {
      fill();
      await turn();
    }
    rmSync(directory);
    mkdirSync(directory);
    millis += 30_000;
    fill();
    expect(recorder.drain()).toMatchObject({ recorded: 0, dropped: 1_024 });
    millis -= 86_400_000;
    fill();
    await recorder.stop();
    expect(recorder.drain()).toEqual({ recorded: 1_024, dropped: 0, noRoom: 0, failures: 0 });
  });
});
