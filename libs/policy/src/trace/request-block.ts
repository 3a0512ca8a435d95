/** Requests of a block: 768 KiB of it, enough that reading and writing one costs little for each request. */
export const blockRequests = 65_536;

/** Bytes of a block, wherever it is stored. */
export const blockBytes = 3 * 4 * blockRequests;

/** Requests as columns of 32 bits: what a trace is compiled to, and what a replay goes through. */
export class RequestBlock {
  /** Requests in it. */
  length = 0;
  /** Numbers of the objects. */
  readonly objects: Uint32Array;
  /** Bytes asked for. */
  readonly bytes: Uint32Array;
  /** Hashes of the subscribers; 0: not known. */
  readonly subscribers: Uint32Array;

  constructor(readonly memory: ArrayBuffer = new ArrayBuffer(blockBytes)) {
    this.objects = new Uint32Array(memory, 0, blockRequests);
    this.bytes = new Uint32Array(memory, 4 * blockRequests, blockRequests);
    this.subscribers = new Uint32Array(memory, 8 * blockRequests, blockRequests);
  }

  /** Adds a request; the caller sees to it that there is room. */
  add(object: number, bytes: number, subscriber: number): void {
    const at = this.length++;
    this.objects[at] = object;
    this.bytes[at] = bytes;
    this.subscribers[at] = subscriber;
  }
}
