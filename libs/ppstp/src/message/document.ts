import { z } from 'zod';

import { integer, transactionId } from './fields';
import { readJson } from './json-text';

/** The only version there is (RFC 7846 section 3.2.1). */
export const protocolVersion = 1;

/** Why a message could not be read: too long, not as RFC 7846 has it, or of a version that we do not know. */
export type MessageFault = 'too-long' | 'malformed' | 'version';

/** A message, or why there is none. The transaction ID is kept for the answer, and empty where it cannot be read. */
export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly fault: MessageFault; readonly transactionId: string };

const root = z.object({ PPSPTrackerProtocol: z.unknown() });
const identified = z.object({ transaction_id: transactionId });
const versioned = z.object({ version: integer });

/**
 * Reads `ppsp_tp_message_root` (RFC 7846 section 3.4) and what is in it by `schema`. Unknown members are ignored. The
 * version is looked at first: what else a message of another one says is not ours to judge (section 4.3).
 */
export function decodeDocument<Message>(text: string, charsMax: number, schema: z.ZodType<Message>): Decoded<Message> {
  if (text.length > charsMax) return { ok: false, fault: 'too-long', transactionId: '' };
  const body = root.safeParse(readJson(text)).data?.PPSPTrackerProtocol;
  const version = versioned.safeParse(body).data?.version;
  if (version !== undefined && version !== protocolVersion) return refused('version', body);
  const message = schema.safeParse(body);
  return message.success && version !== undefined ? { ok: true, message: message.data } : refused('malformed', body);
}

function refused(fault: MessageFault, body: unknown) {
  return { ok: false, fault, transactionId: identified.safeParse(body).data?.transaction_id ?? '' } as const;
}
