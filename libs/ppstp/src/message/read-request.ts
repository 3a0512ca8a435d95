import { limits } from '../limits';
import { type Decoded, decodeDocument } from './document';
import { plainRequest } from './plain-request';
import type { Request } from './request';
import { request } from './request-schema';

const form = {
  charsMax: limits.requestCharsMax,
  valuesMax: limits.requestValuesMax,
  schema: request,
  plain: plainRequest,
};

/** Reads a request in the forms of RFC 7846 section 3.3.3 and of its examples. Refuses what is longer than the limit. */
export function decodeRequest(text: string): Decoded<Request> {
  return decodeDocument(text, form);
}
