import { CommandError } from '../errors';
import type { StartTransfer } from './transfer';

/** A transfer over a UDP socket of its own. */
export const startTransfer: StartTransfer = () =>
  Promise.reject(new CommandError('NOT_AVAILABLE', 'this installation has no peer protocol'));
