export { startTransfer } from '@weir/peer';
