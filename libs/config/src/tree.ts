/** A mapping of the file, not yet judged. */
export type Tree = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping rather than a list or a scalar. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * `over` on top of `under`: mappings mix, all else replaces. A key without a value, such as a section of which each
 * line is commented out, leaves what was there.
 */
export function mergeTrees(under: Tree, over: Tree): Tree {
  const added = Object.entries(over).filter(([, value]) => value !== null && value !== undefined);
  const merged = added.map(([key, value]): [string, unknown] => {
    const existing = Object.hasOwn(under, key) ? under[key] : undefined;
    return [key, isTree(existing) && isTree(value) ? mergeTrees(existing, value) : value];
  });
  return Object.fromEntries([...Object.entries(under), ...merged]);
}

/** The tree that has `value` at `key` (`store.capacity`) and nothing else. */
export function treeOf(key: string, value: unknown): Tree {
  const [first = '', ...rest] = key.split('.');
  return { [first]: rest.length === 0 ? value : treeOf(rest.join('.'), value) };
}

/** The value at the end of a path, undefined where the path leads nowhere. */
export function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  let value = tree;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
