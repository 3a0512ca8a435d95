import { UsageError } from '../errors';

/** Longest line that is read: a password is no document. */
const lineCharsMax = 1_024;

/** The first line of a stream, without its end. Rejects with a `UsageError` if it is too long. */
export async function firstLine(input: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const part of input) {
    text += String(part);
    if (text.includes('\n') || text.length > lineCharsMax) break;
  }
  const [line = ''] = text.split(/\r?\n/);
  if (line.length <= lineCharsMax) return line;
  throw new UsageError(`stdin: its first line has more than ${lineCharsMax} characters`);
}
