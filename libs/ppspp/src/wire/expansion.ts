import { coverOf } from '../addressing/cover';
import { nodeOfRange } from '../addressing/node';
import type { Dialect, Message } from './message';

/**
 * Messages as the dialect can say them: a bin is one node of the tree, so that a run of chunks takes a message for each
 * node of its cover. RFC 7574 section 4.2.
 */
export function expand(messages: readonly Message[], { addressing }: Dialect): readonly Message[] {
  if (addressing !== 'bin32' && addressing !== 'bin64') return messages;
  return messages.flatMap(inBins);
}

function inBins(message: Message): Message | Message[] {
  switch (message.type) {
    case 'ack':
    case 'have':
    case 'request':
    case 'cancel':
      if (nodeOfRange(message.range) !== undefined) return message;
      return coverOf(message.range).map((range) => ({ ...message, range }));
    case 'handshake':
    case 'data':
    case 'integrity':
    case 'choke':
    case 'unchoke':
    case 'pex-request':
    case 'pex-response-v4':
    case 'pex-response-v6':
    case 'pex-certificate':
      return message;
  }
}
