import { z } from 'zod';

import { oneOrMany } from './fields';

describe('a list of `<1..*>`', () => {
  let looked = 0;
  const number = z.unknown().transform((value, context) => {
    looked++;
    if (typeof value === 'number') return value;
    context.addIssue({ code: 'custom', message: 'no number' });
    return z.NEVER;
  });
  const list = oneOrMany(number, 3);
  const reading = (value: unknown) => {
    looked = 0;
    return { read: list.safeParse(value).data, looked };
  };

  it('is an array, or one alone', () => {
    expect(reading([1, 2, 3])).toEqual({ read: [1, 2, 3], looked: 3 });
    expect(reading(1)).toEqual({ read: [1], looked: 1 });
    expect(reading([]).read).toBeUndefined();
    expect(reading(undefined).read).toBeUndefined();
  });

  it('is not looked at if there is too much of it, nor beyond what is malformed', () => {
    expect(reading([1, 2, 3, 4])).toEqual({ read: undefined, looked: 0 });
    expect(reading([1, '2', 3])).toEqual({ read: undefined, looked: 2 });
  });
});
