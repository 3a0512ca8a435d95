import type { startTransfer } from '@weir/peer';

/** Starts a transfer, as `startTransfer` of the peer protocol does; tests have their own. */
export type StartTransfer = typeof startTransfer;
