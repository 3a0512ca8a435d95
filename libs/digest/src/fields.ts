import { limits } from './limits';

/** The parameters of a scheme, by name in lower case. */
export type Parameters = ReadonlyMap<string, string>;

/** A scheme that is offered or used, its name in lower case. */
export interface Offer {
  readonly scheme: string;
  readonly parameters: Parameters;
}

const separators = /[ \t,]*/y;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const equals = /[ \t]*=[ \t]*/y;
const quotedString = /"((?:[^"\\]|\\.)*)"/y;
/** What other schemes have in place of parameters: RFC 7235 section 2.1. */
const token68 = /[ \t]+[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;

/**
 * The schemes of a WWW-Authenticate or Authorization field, in their order (RFC 7235 section 2.1); undefined for what is no
 * such field, is too long, or says a parameter twice, since two readers would not agree on it.
 */
export function readOffers(field: string): readonly Offer[] | undefined {
  const reader = new FieldReader(field);
  const offers: { scheme: string; parameters: Map<string, string> }[] = [];
  while (reader.more()) {
    const word = reader.take(token)?.[0].toLowerCase();
    const last = offers.at(-1);
    if (word === undefined) return undefined;
    if (reader.take(equals) === undefined) {
      offers.push({ scheme: word, parameters: new Map() });
      reader.take(token68);
    } else if (last === undefined || !reader.parameter(word, last.parameters)) return undefined;
  }
  return reader.exhausted ? undefined : offers;
}

/** The parameters of an Authentication-Info field, which names no scheme (RFC 7615 section 3). */
export function readParameters(field: string): Parameters | undefined {
  return readOffers(`info ${field}`)?.[0]?.parameters;
}

/** `"text"`, with what needs it behind a backslash. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Whether a header field carries it as it is, whoever reads it. */
export function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** Comes to an end whatever the field: each part is as long as one character at least, and there are so many at most. */
class FieldReader {
  private at = 0;
  private parts = 0;

  constructor(private readonly field: string) {
    if (field.length > limits.fieldCharsMax) this.parts = limits.partsMax;
  }

  /** There was more than we read. */
  get exhausted(): boolean {
    return this.at < this.field.length;
  }

  more(): boolean {
    this.take(separators);
    return this.exhausted && this.parts++ < limits.partsMax;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.field);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match;
  }

  parameter(name: string, into: Map<string, string>): boolean {
    const value = this.take(quotedString)?.[1]?.replace(/\\(.)/g, '$1') ?? this.take(token)?.[0];
    if (value === undefined || into.has(name)) return false;
    into.set(name, value);
    return true;
  }
}
