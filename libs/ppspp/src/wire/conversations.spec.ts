import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { decodeDatagram, decodeHandshake } from './decode';
import { encodeDatagram } from './encode';
import type { Dialect } from './message';

/** What other people's peers sent each other: see test/vectors/README.md. */
const folder = join(__dirname, '../../../../test/vectors');
const conversation = z.object({
  name: z.string(),
  integrity: z.string(),
  swarmId: z.string(),
  chunkSize: z.number(),
  datagrams: z.array(z.tuple([z.number(), z.string(), z.string()])),
});
const conversations = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => conversation.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))));
const stored = conversations.filter(({ integrity }) => integrity === 'merkle-hash-tree');
const live = conversations.filter(({ integrity }) => integrity === 'unified-merkle-tree');

it('has conversations of both kinds', () => {
  expect([stored.length, live.length]).toEqual([6, 1]);
});

it.each(stored)('$name: decodes every datagram and encodes the same bytes', ({ chunkSize, datagrams }) => {
  const dialect: Dialect = { addressing: 'chunk32', hashBytes: 20, chunkSize };
  for (const [, , payload] of datagrams) {
    const wire = Buffer.from(payload, 'hex');
    const { channel, messages, fault } = decodeDatagram(wire, dialect);
    expect(fault).toBeUndefined();
    expect(Buffer.from(encodeDatagram(channel, messages, dialect)).toString('hex')).toBe(payload);
  }
});

it.each(stored)('$name: decodes the same without the chunk size', ({ chunkSize, datagrams }) => {
  const dialect: Dialect = { addressing: 'chunk32', hashBytes: 20, chunkSize };
  for (const [, , payload] of datagrams) {
    const wire = Buffer.from(payload, 'hex');
    expect(decodeDatagram(wire, { ...dialect, chunkSize: undefined })).toEqual(decodeDatagram(wire, dialect));
  }
});

it.each(conversations)('$name: begins with a HANDSHAKE for its swarm', ({ swarmId, datagrams }) => {
  const decoded = decodeHandshake(Buffer.from(datagrams[0]?.[2] ?? '', 'hex'));
  const sent = 'handshake' in decoded ? decoded.handshake.options.swarmId : undefined;
  expect(Buffer.from(sent ?? []).toString('hex')).toBe(swarmId);
});

it.each(live)('$name: decodes every datagram up to a SIGNED_INTEGRITY', ({ chunkSize, datagrams }) => {
  const dialect: Dialect = { addressing: 'chunk32', hashBytes: 20, chunkSize };
  let signed = 0;
  for (const [, , payload] of datagrams) {
    const wire = Buffer.from(payload, 'hex');
    const { channel, messages, fault } = decodeDatagram(wire, dialect);
    const kept = Buffer.from(encodeDatagram(channel, messages, dialect)).toString('hex');
    if (fault === undefined) {
      expect(kept).toBe(payload);
      continue;
    }
    expect(fault).toBe('unknown-message');
    expect(payload.slice(0, kept.length + 2)).toBe(`${kept}07`);
    signed++;
  }
  expect(signed).toBeGreaterThan(0);
});
