import { z } from 'zod';

import { transactionId } from './fields';

/** The only version there is (RFC 7846 section 3.2.1). */
export const protocolVersion = 1;

/** Why a message could not be read: too long, not as RFC 7846 has it, or of a version that we do not know. */
export type MessageFault = 'too-long' | 'malformed' | 'version';

/** A message, or why there is none. The transaction ID is kept for the answer, and empty where it cannot be read. */
export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly fault: MessageFault; readonly transactionId: string };

const root = z.object({ PPSPTrackerProtocol: z.record(z.string(), z.unknown()) });
const identified = z.object({ transaction_id: transactionId });
const versioned = z.object({ version: z.number().int() });

/** Reads `ppsp_tp_message_root` (RFC 7846 section 3.4) and what is in it by `schema`. Unknown members are ignored. */
export function decodeDocument<Message>(text: string, charsMax: number, schema: z.ZodType<Message>): Decoded<Message> {
  if (text.length > charsMax) return { ok: false, fault: 'too-long', transactionId: '' };
  const document = root.safeParse(parseJson(text));
  if (!document.success) return { ok: false, fault: 'malformed', transactionId: '' };
  const body = document.data.PPSPTrackerProtocol;
  const message = schema.safeParse(body);
  const version = versioned.safeParse(body).data?.version;
  if (message.success && version === protocolVersion) return { ok: true, message: message.data };
  const fault = version === undefined || version === protocolVersion ? 'malformed' : 'version';
  return { ok: false, fault, transactionId: identified.safeParse(body).data?.transaction_id ?? '' };
}

/** Writes `ppsp_tp_message_root` around a message's members. */
export function encodeDocument(body: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ PPSPTrackerProtocol: { version: protocolVersion, ...body } });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
