import { z } from 'zod';
import { limits } from './limits';

const limitRemedy = `write a number from 1 to ${limits.pageItemsMax}`;
const afterRemedy = 'write what next was on the page before';

/** What each list of the admin side is asked. */
export const pageQuery = z.strictObject(
  {
    limit: z.coerce
      .number({ error: limitRemedy })
      .int({ error: limitRemedy })
      .min(1, { error: limitRemedy })
      .max(limits.pageItemsMax, { error: limitRemedy })
      .default(limits.pageItems)
      .describe('How many in one answer, at most.'),
    after: z
      .string({ error: afterRemedy })
      .regex(/^[cm]\..*$/s, { error: afterRemedy })
      .optional()
      .describe('Where the page begins: `next` of the page before.'),
  },
  { error: 'there are limit and after' },
);

/** The query, read. */
export type PageQuery = z.output<typeof pageQuery>;

/** Where a page begins: behind a name, or at a place in one of the tracker's own tables. */
export type Cursor = { readonly name: string } | { readonly place: number };

/** Reads `next` of the page before. A place that is none is the beginning. */
export function cursorOf(after: string | undefined): Cursor {
  const [, place] = /^m\.(\d{1,15})$/.exec(after ?? '') ?? [];
  if (place !== undefined) return { place: Number(place) };
  return { name: after?.startsWith('c.') === true ? after.slice(2) : '' };
}

/** What the next page is asked for with; null if there is none. */
export function nextOf(cursor: Cursor | undefined): string | null {
  if (cursor === undefined) return null;
  return 'name' in cursor ? `c.${cursor.name}` : `m.${cursor.place}`;
}
