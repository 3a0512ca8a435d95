import { isDeepStrictEqual } from 'node:util';
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  limits,
  requestRoot,
  responseRoot,
  type Decoded,
  type Request,
  type Response,
} from '@weir/ppstp';
import { JsonSpans, listFirst, type Span } from '../../libs/intercept/src/tracker/peer-list.testing';
import { isObject, plainRequest, readJson, requestSchema } from '../../libs/ppstp/src/message/internals.testing';
import { Tape } from './tape';
import { promise, type FuzzTarget } from './target';
import { textBytesMax, textFrom, trackerMessages, words } from './tracker-text';

/** What is written as one byte for each character. */
const visible = /^[\x21-\x7e]*$/;

/** The decoders of the tracker protocol: any text, or one of RFC 7846's examples with tokens changed. */
export const target: FuzzTarget = {
  bytesMax: textBytesMax,
  dictionary: words.map((word) => Buffer.from(word)),

  run(input) {
    const text = textFrom(new Tape(input));
    checkJson(text);
    checkRequest(text);
    checkResponse(text);
  },

  seeds() {
    const whole = trackerMessages.map((text) => Uint8Array.of(0, ...Buffer.from(text)));
    return [...whole, ...trackerMessages.map((_, at) => Uint8Array.of(at + 1))];
  },
};

/** What is read is what the parser reads; what is refused and parses is beyond a bound, or has a name twice. */
function checkJson(text: string): void {
  const [read, parsed] = [readJson(text, limits.requestValuesMax), parse(text)];
  if (parsed === undefined) return promise(read === undefined, () => 'reads what is no JSON');
  const spans = new JsonSpans(text);
  const { depth, repeats } = looked(text, spans, spans.root());
  if (read !== undefined) {
    promise(isDeepStrictEqual(read, parsed), () => 'reads something else than what stands there');
    promise(repeats === 0 && depth <= limits.jsonDepthMax, () => 'reads what it should refuse');
  } else promise(repeats > 0 || depth > limits.jsonDepthMax, () => 'refuses what it should read');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How deep a value is, and how many names in it stand there again. */
function looked(text: string, spans: JsonSpans, span: Span): { readonly depth: number; readonly repeats: number } {
  const members = spans.members(span);
  const within = [...members, ...spans.elements(span)].map((part) => looked(text, spans, part));
  const own = members.length - new Set(members.map(({ name }) => name)).size;
  return {
    depth: '{['.includes(text.charAt(span.start)) ? 1 + Math.max(0, ...within.map(({ depth }) => depth)) : 0,
    repeats: within.reduce((sum, { repeats }) => sum + repeats, own),
  };
}

/** A refusal has what its answer needs, and nothing that cannot be echoed. */
function checkRefusal(decoded: Decoded<unknown>): void {
  if (decoded.ok) return;
  const { transactionId } = decoded;
  promise(/^[\x21-\x7e]*$/.test(transactionId), () => 'echoes what is no name');
  promise(transactionId.length <= limits.transactionIdCharsMax, () => 'echoes more than it may');
}

/** What is understood can be said as RFC 7846 defines it, and then means the same. */
function checkRequest(text: string): void {
  const decoded = decodeRequest(text);
  checkRefusal(decoded);
  if (!decoded.ok) return;
  const sent = encodeRequest(decoded.message);
  checkPlain(text);
  promise(visible.test(sent), () => 'lets a name in that is not ASCII');
  promise(requestRoot.safeParse(JSON.parse(sent)).success, () => 'sends a request as it is not defined');
  const again = decodeRequest(sent);
  promise(again.ok && isSame(again.message, asked(decoded.message)), () => 'a request means something else when sent');
}

/** What is read without the schema is read as the schema reads it. */
function checkPlain(text: string): void {
  const document = readJson(text, limits.requestValuesMax);
  const body = isObject(document) ? document['PPSPTrackerProtocol'] : undefined;
  const plain = isObject(body) ? plainRequest(body) : undefined;
  if (plain !== undefined)
    promise(isSame(plain, requestSchema.safeParse(body).data), () => 'reads what the schema does not');
}

/** No more peers are asked for than should be. */
function asked(message: Request): Request {
  if (message.type === 'STAT_REPORT' || message.peerNumber === undefined) return message;
  const peerCount = Math.min(message.peerNumber.peerCount, limits.peerCountMax);
  return { ...message, peerNumber: { ...message.peerNumber, peerCount } };
}

function checkResponse(text: string): void {
  const decoded = decodeResponse(text);
  checkRefusal(decoded);
  if (!decoded.ok) return;
  const { message } = decoded;
  const sent = encodeResponse(message);
  promise(visible.test(sent), () => 'lets a name in that is not ASCII');
  // Others may know further codes, and a success without an ID is nobody's answer.
  const isOurs = message.errorCode <= 6 && (message.errorCode > 0 || message.transactionId !== '');
  if (isOurs) promise(responseRoot.safeParse(JSON.parse(sent)).success, () => 'sends a response as it is not defined');
  const again = decodeResponse(sent);
  promise(again.ok && isSame(again.message, told(message)), () => 'a response means something else when sent');
  checkListing(text, message);
}

const listing = { service: { ip: '203.0.113.7', port: 7_846 }, peerId: 'cache', serves: () => true };

/** With us in its lists, a response is the same but for us, who come first. */
function checkListing(text: string, message: Response): void {
  const { transactionId } = message;
  const listed = listFirst(text, { type: 'FIND', transactionId, peerId: 'peer', swarmId: '11' }, listing);
  if (listed === undefined) return;
  const decoded = decodeResponse(listed);
  if (!decoded.ok) return promise(false, () => 'lists us in what cannot be read any more');
  promise(isSame({ ...decoded.message, results: [] }, { ...message, results: [] }), () => 'changes more than lists');
  for (const [at, { peers, ...rest }] of decoded.message.results.entries()) {
    const { peers: before, ...others } = message.results[at] ?? {};
    promise(isSame(rest, others), () => 'changes a result');
    if (isSame(peers, before)) continue;
    const most = (before ?? []).slice(0, limits.peersPerListMax - 1);
    const [first, ...after] = peers ?? [];
    promise(first?.peerId === listing.peerId && isSame(after, most), () => 'changes others than us in a list');
  }
}

/** Errors and failures tell nothing else. */
function told(message: Response): Response {
  const { transactionId, errorCode, results } = message;
  if (errorCode !== 0) return { transactionId, errorCode, results: [] };
  return { ...message, results: results.map(({ peers, ...rest }) => (rest.successful ? { ...rest, peers } : rest)) };
}

/** As JSON has it: a member that is undefined is none, and a zero has no sign. */
function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(parse(JSON.stringify(one)), parse(JSON.stringify(other)));
}
