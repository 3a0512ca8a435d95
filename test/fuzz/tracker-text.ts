import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tape } from './tape';

const folder = join(__dirname, '../vectors/ppstp');
const vector = z.object({ body: z.unknown(), strict: z.unknown() });
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/** Messages of RFC 7846 as they stand there, and as it defines them. */
export const trackerMessages: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) => {
    const { body, strict } = vector.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    return [JSON.stringify(body), JSON.stringify(strict)];
  });

/** Names and values of all those messages. */
const known = [...new Set(trackerMessages.flatMap((text) => text.match(token) ?? []))];

/** What JSON may hold and a message should not, or rarely. */
const odd = [
  ...['null', 'true', '-0', '-1', '1.5', '1e3', '1e400', '9007199254740991', '9007199254740992', '"0x10"', '"007"'],
  ...['""', '" "', '"\\u0061"', '"\\""', '"\\\\"', '"\ud800"', '"__proto__"', '"ABCDEF"', '"::ffff:192.0.2.1"', '"::"'],
  ...['{}', '[]', '[{}]', '{"a":1,"a":2}', '"a":1,', `"${'f'.repeat(1_101)}"`, '[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]'],
  ...['"membership_certificate":"AAAA",', '"membership_certificate"', '"stat"', '"find"', '"PROXY"', '"LEAVE"'],
];

/** Tokens that mean something: an input that holds them gets further. */
export const words: readonly string[] = [...known, ...odd];

/** Changes of one message. */
const changesMax = 32;

/** A text: what stands on the tape, or one of the messages with some of its tokens changed as the tape has it. */
export function textFrom(tape: Tape): string {
  const choice = tape.u8() % (trackerMessages.length + 1);
  const message = trackerMessages[choice - 1];
  if (message === undefined) return Buffer.from(tape.bytes(textBytesMax)).toString('utf8');
  const tokens = message.match(token) ?? [];
  for (let change = 0; change < changesMax && !tape.ended; change++) alter(tokens, tape);
  return tokens.join('');
}

/** No input is longer. */
export const textBytesMax = 2_048;

function alter(tokens: string[], tape: Tape): void {
  const [how, at] = [tape.u8() % 4, tape.u16() % (tokens.length + 1)];
  const word = () => tape.pick(words) ?? '';
  if (how === 0) tokens.splice(at, 1, word());
  if (how === 1) tokens.splice(at, 0, word());
  if (how === 2) tokens.splice(at, tape.u8() % 8);
  // A row of tokens once more: a member that stands twice, or another element of a list.
  if (how === 3) tokens.splice(at, 0, ...tokens.slice(at, at + (tape.u8() % 64)));
}
