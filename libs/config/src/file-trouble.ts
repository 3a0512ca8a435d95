/** Why a file cannot be read, as the system names it: `ENOENT`. */
export function troubleOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : String(cause);
}
