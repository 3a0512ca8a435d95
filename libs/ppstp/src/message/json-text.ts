import { limits } from '../limits';

/** What the punctuation of a text says of it, before anything is built of it. */
interface Measure {
  readonly depth: number;
  /** At least as many as there are values in it. */
  readonly values: number;
  /** Names of members, those of all objects together. */
  readonly names: number;
}

/**
 * Parses JSON of a stranger's; undefined if it is none, is nested deeper than the limit or holds more values than `valuesMax`, or
 * if an object in it has a name twice. RFC 8259 section 4 leaves open which of two such members counts, so that two readers
 * of one message, a tracker and what stands before it, could read it differently.
 */
export function readJson(text: string, valuesMax: number): unknown {
  const { depth, values, names } = measure(text);
  if (depth > limits.jsonDepthMax || values > valuesMax) return undefined;
  const value = parsed(text);
  // Of members with one name the parser keeps one: each that is missing was said twice.
  return namesIn(value) === names ? value : undefined;
}

/** One pass, without memory. What it says of a text that is no JSON does not matter: the parser refuses that. */
function measure(text: string): Measure {
  let [depth, deepest, values, names] = [0, 0, 1, 0];
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = closingQuote(text, at);
        break;
      case colon:
        names++;
        break;
      case comma:
        values++;
        break;
      case openingBrace:
      case openingBracket:
        values++;
        deepest = Math.max(deepest, ++depth);
        break;
      case closingBrace:
      case closingBracket:
        depth--;
        break;
    }
  }
  return { depth: deepest, values, names };
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openingBracket = 0x5b;
const backslash = 0x5c;
const closingBracket = 0x5d;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/** Where the string ends that begins at `start`: at the next quote that an even number of backslashes stands before. */
function closingQuote(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function namesIn(value: unknown): number {
  let names = 0;
  if (Array.isArray(value)) for (const element of value) names += namesIn(element);
  else if (isObject(value)) for (const name in value) names += 1 + namesIn(value[name]);
  return names;
}

/** An object, or an array, of a parsed text: it has no names but its own. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value of a parsed text has members. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}
