import type { Address } from '@weir/ppspp';
import { limits, listPriority, decodeResponse, type Request, type SwarmResult } from '@weir/ppstp';
import { JsonSpans, type Span } from './json-spans';
import { priorityMax } from './limits';

/** Whom a list of peers is to begin with, and where. */
export interface Listing {
  /** Where subscribers of the requester's address family reach us. */
  readonly service: Address;
  readonly peerId: string;
  /** Whether we serve a swarm, by its ID as PPSTP has it. */
  readonly serves: (swarmId: string) => boolean;
}

/** A text that is to stand somewhere else than what is there. */
interface Edit extends Span {
  readonly text: string;
}

/**
 * A response with us first in the peer list of each swarm that we serve, with a better priority than anybody has there ("The
 * larger the value, the higher the priority", RFC 7846 table 3), and not one other character changed. Undefined if there is
 * nothing to change: it is no answer to this request, it fails, no list is of a swarm that we serve, or we are first already.
 */
export function listFirst(text: string, request: Request, listing: Listing): string | undefined {
  if (isOurs(request, listing)) return undefined;
  const decoded = decodeResponse(text);
  if (!decoded.ok || decoded.message.errorCode !== 0) return undefined;
  if (decoded.message.transactionId !== request.transactionId) return undefined;
  const edits = editsOf(text, decoded.message.results, listing);
  const changed = edits.reduceRight((before, { start, end, text: put }) => {
    return before.slice(0, start) + put + before.slice(end);
  }, text);
  return edits.length === 0 || changed.length > limits.responseCharsMax ? undefined : changed;
}

/** Whether it is an appliance that asks, at this address or under this ID: it needs nobody to name it to itself. */
function isOurs(request: Request, { service, peerId }: Listing): boolean {
  if (request.peerId === peerId) return true;
  if (request.type !== 'CONNECT') return false;
  return request.addresses.some(({ ip, port }) => ip === service.ip && port === service.port);
}

/** What is to be written where, from the first place to the last. */
function editsOf(text: string, results: readonly SwarmResult[], listing: Listing): Edit[] {
  const spans = new JsonSpans(text);
  const body = spans.member(spans.root(), 'PPSPTrackerProtocol');
  const listed = body && spans.member(body, 'swarm_result');
  if (listed === undefined) return [];
  const places = text[listed.start] === '[' ? spans.elements(listed) : [listed];
  return results.flatMap((result, index) => {
    const place = places[index];
    if (place === undefined || !wants(result, listing)) return [];
    const group = spans.member(place, 'peer_group');
    const edit = group && editOf(spans, text, { group, entry: entryFor(result, listing) });
    return edit === undefined ? [] : [edit];
  });
}

function wants({ swarmId, successful, peers }: SwarmResult, { service, serves }: Listing): boolean {
  if (!successful || peers === undefined || !serves(swarmId)) return false;
  const [first, ...others] = peers.map(({ address }) => address);
  const isFirst = first?.ip === service.ip && first.port === service.port;
  return !isFirst || others.some(({ priority }) => priority >= first.priority);
}

/** Our entry in a list, as `ppsp_tp_peer_info_t` of RFC 7846 section 3.2.4 is defined. */
function entryFor({ peers = [] }: SwarmResult, { service, peerId }: Listing): string {
  const best = Math.max(listPriority.superNode, ...peers.map(({ address }) => address.priority + 1));
  const { ip, port } = service;
  return JSON.stringify({
    peer_id: peerId,
    peer_addr: {
      ip_address: { address_type: ip.includes(':') ? 'ipv6' : 'ipv4', address: ip },
      port,
      priority: Math.min(best, priorityMax),
      type: 'HOST',
      peer_protocol: 'PPSP-PP',
    },
  });
}

/** Puts an entry before the others: RFC 7846 has an array, its examples an object alone, and a list may be empty. */
function editOf(
  spans: JsonSpans,
  text: string,
  { group, entry }: { readonly group: Span; readonly entry: string },
): Edit | undefined {
  if (text[group.start] !== '{') return undefined;
  const members = spans.members(group);
  const list = spans.member(group, 'peer_info');
  const at = (list ?? group).start + 1;
  if (list === undefined) {
    const isNamed = members.some(({ name }) => name === 'peer_info');
    const comma = members.length > 0 ? ',' : '';
    return isNamed ? undefined : { start: at, end: at, text: `"peer_info":[${entry}]${comma}` };
  }
  if (text[list.start] === '{') return { ...list, text: `[${entry},${text.slice(list.start, list.end)}]` };
  if (text[list.start] !== '[') return undefined;
  return { start: at, end: at, text: spans.elements(list).length > 0 ? `${entry},` : entry };
}
