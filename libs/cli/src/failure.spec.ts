import { DatagramError } from '@weir/datagram';
import { ContentError } from './content/errors';
import { CommandError, InterruptedError, UsageError } from './errors';
import { failureOf } from './failure';

const commander = (code: string, exitCode: number) =>
  Object.assign(new RangeError("error: unknown option '--x'\n(Did you mean --y?)"), { code, exitCode });

const cases: [string, unknown, number, string | undefined][] = [
  ['a mistake', new UsageError('mend it'), 2, 'mend it'],
  ['a file that cannot be read', new ContentError('CONTENT_UNREADABLE', 'a', 'cannot'), 2, 'a: cannot'],
  ['a file that changed', new ContentError('CONTENT_CHANGED', 'a', 'was changed'), 1, 'a: was changed'],
  ['a port in use', new DatagramError('DATAGRAM_ADDRESS_IN_USE', 'in use'), 2, 'in use'],
  ['what came too late', new CommandError('INCOMPLETE', 'too late'), 1, 'too late'],
  ['several lines', new UsageError('wrong:\n  one\n  other\n'), 2, 'wrong: one other'],
  ['Ctrl-C', new InterruptedError('SIGINT'), 130, 'interrupted'],
  ['a supervisor', new InterruptedError('SIGTERM'), 143, 'interrupted'],
  ['an unknown option', commander('commander.unknownOption', 1), 2, "unknown option '--x' (Did you mean --y?)"],
  ['help that was asked for', commander('commander.helpDisplayed', 0), 0, undefined],
  ['help that was not', commander('commander.help', 1), 2, undefined],
  ['a bug', new TypeError('x is undefined'), 1, 'internal error: x is undefined'],
  ['anything else', 'odd', 1, 'internal error: odd'],
];

it.each(cases)('explains %s', (_, error, status, line) => {
  expect(failureOf(error)).toEqual({ status, line });
});
