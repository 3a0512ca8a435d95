/** Transfers over sockets, as a module that can be loaded late: names of libraries stand for files where they are imported first. */
export { startTransfer } from '@weir/peer';
