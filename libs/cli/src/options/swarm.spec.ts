import { writeFileSync } from 'node:fs';
import { linkOf, recordOf, statementOf } from '@weir/ppspp';
import { temporaryFolder } from '../content/content.testing';
import { UsageError } from '../errors';
import { readSwarm, withFlags } from './swarm';

const folder = temporaryFolder();
const swarmId = 'ab'.repeat(48);
const metadata = { swarmId, hash: 'sha384', addressing: 'bin64', chunkSize: 2048, contentBytes: 5 * 2 ** 32 } as const;
const statement = statementOf(metadata, { trackers: ['http://192.0.2.1/'], peers: ['192.0.2.2:1'] });
const json = JSON.stringify(recordOf(statement));

async function* inputOf(...parts: readonly string[]): AsyncGenerator<string> {
  for (const part of parts) yield await Promise.resolve(part);
}

it.each([
  ['a link', linkOf(statement)],
  ['a record', json],
  ['a record over several lines', JSON.stringify(recordOf(statement), undefined, 2)],
  ['what a seeder prints', `${json.slice(0, -1)},"address":"192.0.2.2:1"}\n${linkOf(statement)}\n`],
])('reads %s, wherever it is', async (_, text) => {
  writeFileSync(folder.path('swarm'), text);
  expect(await readSwarm(folder.path('swarm'))).toEqual(statement);
  expect(await readSwarm('-', inputOf(text.slice(0, 9), text.slice(9)))).toEqual(statement);
});

it('reads what is written on the command line itself', async () => {
  expect(await readSwarm(linkOf(statement))).toEqual(statement);
  expect(await readSwarm(json)).toEqual(statement);
  expect(await readSwarm('AB12')).toEqual({ swarmId: 'ab12', trackers: [], peers: [] });
});

it.each([
  ['zz', /^swarm "zz": write a swarm ID, a link.*cannot be read: no such file/],
  ['abc', /^swarm: write a swarm ID/],
  ['ab'.repeat(65), /^swarm: a swarm ID has 64 bytes at most/],
  ['ppsp:zz', /^swarm: swarmId is "zz"; write 1 to 64 bytes/],
  ['{"swarmId":1}', /^swarm: swarmId is 1; write/],
  ['{', /^swarm: the record is no JSON/],
  [__dirname, /cannot be read: it is a folder/],
  [__filename, /swarm\.spec\.ts: it has neither a swarm ID nor a link nor a record$/],
])('explains what is wrong with %s', async (text, message) => {
  const reading = readSwarm(text);
  await expect(reading).rejects.toBeInstanceOf(UsageError);
  await expect(reading).rejects.toThrow(message);
});

it('reads no more of stdin than a record can have', async () => {
  const endless = inputOf(...Array.from({ length: 100 }, () => 'a'.repeat(1000)));
  await expect(readSwarm('-', endless)).rejects.toThrow('stdin: it is too long');
});

it('adds what flags say', () => {
  const bare = { swarmId, trackers: [], peers: [] };
  const named = {
    hash: 'sha384',
    chunkSize: 4096,
    contentBytes: 9,
    addressing: 'byte64',
    integrity: 'merkle',
  } as const;
  expect(withFlags(bare, named)).toEqual({ ...bare, ...named });
  expect(withFlags(statement, { hash: 'sha384', chunkSize: 2048 })).toEqual(statement);
});

it.each([
  [{ hash: 'sha1' } as const, '--hash sha1 contradicts hash sha384 of the link or record'],
  [{ addressing: 'chunk32' } as const, '--addressing chunk32 contradicts addressing bin64'],
  [{ chunkSize: 512 }, '--chunk-size 512 contradicts chunkSize 2048'],
  [{ contentBytes: 1 }, '--content-bytes 1 contradicts contentBytes 21474836480'],
  [{ integrity: 'none' } as const, 'hash is sha384, but integrity is none'],
])('refuses flags that contradict what is there: %j', (named, message) => {
  expect(() => withFlags(statement, named)).toThrow(UsageError);
  expect(() => withFlags(statement, named)).toThrow(message);
});
