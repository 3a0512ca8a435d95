import { at } from '../numbers';

/** Next use of what is not asked for again. */
const never = 0xffff_ffff;

/** A trace in memory. Objects are numbered densely, from 0. */
export interface RequestLog {
  /** The object of each request: fewer than 2^32 - 1 requests. */
  readonly objects: Uint32Array;
  /** Bytes of each object. */
  readonly bytes: Uint32Array;
}

/** What the optimum comes to. */
export interface OptimumResult {
  readonly hits: number;
  readonly hitBytes: number;
  /** Bytes that it would write: of what it takes in. */
  readonly writtenBytes: number;
}

/** For each request, the number of the next one for the same object. The first of the optimum's two passes; good for all capacities. */
export function nextUses({ objects, bytes }: RequestLog): Uint32Array {
  const next = new Uint32Array(objects.length);
  const seen = new Uint32Array(bytes.length).fill(never);
  for (let request = objects.length - 1; request >= 0; request--) {
    const object = at(objects, request);
    next[request] = at(seen, object);
    seen[object] = request;
  }
  return next;
}

/**
 * Belady's optimum with bypass, offline: what is needed last leaves, or does not come in at all. Exact for objects of equal size: no
 * policy has more hits. For others an approximation, mostly above what any policy reaches, but not proven to be.
 */
export function optimum(log: RequestLog, next: Uint32Array, capacityBytes: number): OptimumResult {
  const { objects, bytes } = log;
  const resident = new Resident(log);
  const result = { hits: 0, hitBytes: 0, writtenBytes: 0 };
  for (let request = 0; request < objects.length; request++) {
    const object = at(objects, request);
    const size = at(bytes, object);
    const again = at(next, request);
    if (resident.take(object)) {
      result.hits++;
      result.hitBytes += size;
      if (again !== never) resident.put(object, request, again);
    } else if (again !== never && resident.makeRoom(size, again, capacityBytes)) {
      result.writtenBytes += size;
      resident.put(object, request, again);
    }
  }
  return result;
}

/**
 * What the optimum holds, by next use: a heap of the numbers of the requests to come, the last one on top. A number is passed
 * when its request comes; as the lowest of all it does not matter, and goes when the passed ones outnumber the others.
 */
class Resident {
  private bytes = 0;
  private count = 0;
  private readonly held: Uint8Array;
  private heap = new Uint32Array(1024);
  private heaped = 0;

  constructor(private readonly log: RequestLog) {
    this.held = new Uint8Array(log.bytes.length);
  }

  /** Takes an object out for its request; false if it is not in. */
  take(object: number): boolean {
    if (this.held[object] !== 1) return false;
    this.held[object] = 0;
    this.count--;
    this.bytes -= at(this.log.bytes, object);
    return true;
  }

  /** Takes an object in that is asked for now, and again at `again`. */
  put(object: number, now: number, again: number): void {
    this.held[object] = 1;
    this.count++;
    this.bytes += at(this.log.bytes, object);
    if (this.heaped > 2 * this.count + 1024) this.purge(now);
    this.push(again);
  }

  /** Evicts what is needed later than `again`; false if that makes too little room. */
  makeRoom(size: number, again: number, capacityBytes: number): boolean {
    if (size > capacityBytes) return false;
    while (this.bytes + size > capacityBytes) {
      const last = at(this.heap, 0);
      if (last < again) return false;
      this.take(at(this.log.objects, last));
      this.pop();
    }
    return true;
  }

  private push(again: number): void {
    if (this.heaped === this.heap.length) {
      const before = this.heap;
      this.heap = new Uint32Array(before.length * 2);
      this.heap.set(before);
    }
    let place = this.heaped++;
    while (place > 0) {
      const above = (place - 1) >>> 1;
      if (at(this.heap, above) >= again) break;
      this.heap[place] = at(this.heap, above);
      place = above;
    }
    this.heap[place] = again;
  }

  /** Drops what is passed, and makes a heap of the rest. */
  private purge(now: number): void {
    let kept = 0;
    for (let place = 0; place < this.heaped; place++) {
      if (at(this.heap, place) > now) this.heap[kept++] = at(this.heap, place);
    }
    this.heaped = kept;
    for (let place = kept >>> 1; place > 0; place--) this.sink(place - 1, at(this.heap, place - 1));
  }

  private pop(): void {
    this.heaped--;
    this.sink(0, at(this.heap, this.heaped));
  }

  private sink(from: number, number: number): void {
    let place = from;
    for (let below = 2 * place + 1; below < this.heaped; below = 2 * place + 1) {
      if (below + 1 < this.heaped && at(this.heap, below + 1) > at(this.heap, below)) below++;
      if (at(this.heap, below) <= number) break;
      this.heap[place] = at(this.heap, below);
      place = below;
    }
    this.heap[place] = number;
  }
}
