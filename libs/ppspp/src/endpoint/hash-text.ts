/** 32 bits that spread texts evenly: FNV-1a, mixed once more. With an unpredictable `basis` nobody outside can tell which. */
export function hashText(text: string, basis = 0x811c9dc5): number {
  let hash = basis;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}
