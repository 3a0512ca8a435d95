/** The media type of requests and responses. RFC 7846 section 4. */
export const ppstpMediaType = 'application/ppsp-tracker+json';

/**
 * Whether a Content-Type is one that requests may have, whatever its parameters (RFC 7846 section 8.1 has none). Both
 * make a browser ask before it posts for a foreign page; others are refused for that reason too.
 */
export function isRequestType(header: string | undefined): boolean {
  if (header === ppstpMediaType) return true;
  const type = header?.split(';', 1)[0]?.trim().toLowerCase();
  return type === ppstpMediaType || type === 'application/json';
}
