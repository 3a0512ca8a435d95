import { z } from 'zod';

import { integer, transactionId } from './fields';
import { isObject, type JsonObject, readJson } from './json-text';

/** The only version there is (RFC 7846 section 3.2.1). */
export const protocolVersion = 1;

/** Why a message could not be read: too long, not as RFC 7846 has it, or of a version that we do not know. */
export type MessageFault = 'too-long' | 'malformed' | 'version';

/** A message, or why there is none. The transaction ID is kept for the answer, and empty where it cannot be read. */
export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly fault: MessageFault; readonly transactionId: string };

const identified = z.object({ transaction_id: transactionId });
const versioned = z.object({ version: integer });

/** How the messages of one direction are read. */
export interface MessageForm<Message> {
  readonly charsMax: number;
  readonly valuesMax: number;
  /** What stands in the root. Unknown members are ignored. */
  readonly schema: z.ZodType<Message>;
  /** Reads some of what the schema reads, alike and sooner. */
  readonly plain?: (body: JsonObject) => Message | undefined;
}

/**
 * Reads `ppsp_tp_message_root` (RFC 7846 section 3.4) and what is in it. The version is looked at first: what else a message
 * of another one says is not ours to judge (section 4.3).
 */
export function decodeDocument<Message>(
  text: string,
  { charsMax, valuesMax, schema, plain }: MessageForm<Message>,
): Decoded<Message> {
  if (text.length > charsMax) return { ok: false, fault: 'too-long', transactionId: '' };
  const { PPSPTrackerProtocol: body } = members(readJson(text, valuesMax));
  const plainly = isObject(body) ? plain?.(body) : undefined;
  if (plainly !== undefined) return { ok: true, message: plainly };
  const version = versioned.safeParse(body).data?.version;
  if (version !== protocolVersion) return refused(version === undefined ? 'malformed' : 'version', body);
  const message = schema.safeParse(body);
  return message.success ? { ok: true, message: message.data } : refused('malformed', body);
}

function members(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function refused(fault: MessageFault, body: unknown) {
  return { ok: false, fault, transactionId: identified.safeParse(body).data?.transaction_id ?? '' } as const;
}
