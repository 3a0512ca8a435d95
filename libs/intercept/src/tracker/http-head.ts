/** The head of an HTTP message: its first line and its fields, names in lower case. */
export interface HttpHead {
  readonly start: string;
  readonly fields: ReadonlyMap<string, string>;
  /** Where the digits of Content-Length stand, and what they say; undefined if there is none. */
  readonly length: { readonly start: number; readonly end: number; readonly bytes: number } | undefined;
}

/** What ends a head. */
export const headEnd = '\r\n\r\n';

// None of these takes longer than the line is long, whatever stands in it.
const startLine = /^[\x20-\x7e]+$/;
const fieldLine = /^([!#$%&'*+\-.^_`|~\dA-Za-z]+):([\t\x20-\x7e\x80-\xff]*)$/;
const lengthValue = /^[ \t]*(\d{1,9})[ \t]*$/;

/**
 * Reads a head with its empty line, one character for each byte. Only one that everybody reads alike: RFC 9112 lets recipients
 * mend bare line feeds, folded lines, repeated or odd lengths, and who mends otherwise than his neighbour can be split from
 * him. Undefined for anything like that.
 */
export function readHead(text: string): HttpHead | undefined {
  const [start = '', ...lines] = text.slice(0, -headEnd.length).split('\r\n');
  if (!startLine.test(start)) return undefined;
  const fields = new Map<string, string>();
  let length: HttpHead['length'];
  let at = start.length + 2;
  for (const line of lines) {
    const [, name, value = ''] = fieldLine.exec(line) ?? [];
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    if (key === 'content-length') {
      const digits = lengthValue.exec(value)?.[1];
      if (digits === undefined || length !== undefined) return undefined;
      const begin = at + line.indexOf(digits, name.length + 1);
      length = { start: begin, end: begin + digits.length, bytes: Number(digits) };
    }
    fields.set(key, `${fields.get(key) ?? ''} ${value}`);
    at += line.length + 2;
  }
  return { start, fields, length };
}

/** Fields with which a message is framed, or a connection goes on, in ways that we do not follow. */
const framings = ['transfer-encoding', 'trailer', 'upgrade', 'te', 'expect'];

/** Fields that speak of a body as it is: a signature or a digest of it, a form that is not plain, a part of a whole. */
const integrities = [
  ...['content-encoding', 'content-range', 'content-md5', 'digest', 'content-digest', 'repr-digest'],
  ...['signature', 'signature-input', 'authentication-info'],
];

/** Bytes of the body of a request that may be PPSTP's (RFC 7846 section 4), or undefined. */
export function requestBodyBytes({ start, fields, length }: HttpHead): number | undefined {
  if (!/^POST [^ ]+ HTTP\/1\.[01]$/.test(start)) return undefined;
  if (framings.some((name) => fields.has(name)) || upgrades(fields)) return undefined;
  return length?.bytes;
}

/** Bytes of the body of a response that may be PPSTP's, or undefined. */
export function responseBodyBytes({ start, fields, length }: HttpHead): number | undefined {
  if (!/^HTTP\/1\.[01] 200(?: |$)/.test(start)) return undefined;
  if (framings.some((name) => fields.has(name)) || upgrades(fields)) return undefined;
  return length?.bytes;
}

/** Whether a body may be another than its sender made. */
export function mayChangeBody({ fields }: HttpHead): boolean {
  return !integrities.some((name) => fields.has(name));
}

function upgrades(fields: HttpHead['fields']): boolean {
  return /upgrade/i.test(fields.get('connection') ?? '');
}
