import { guardAddon } from './guard-addon';

/** Asking for less costs more than it saves. */
const worthwhileBytes = 1024;

/** As `target.set(source, at)`. V8 copies shared memory word by word; the addon, where there is one, as any other. */
export function copyBytes(target: Uint8Array, source: Uint8Array, at: number): void {
  const addon = source.length < worthwhileBytes ? undefined : guardAddon();
  if (addon?.copy === undefined) target.set(source, at);
  else addon.copy(target, source, at);
}
