/** Something that happens at a time. */
export interface Timed {
  /** Microseconds. */
  readonly due: number;
}

interface Entry<Event> {
  readonly event: Event;
  readonly order: number;
}

/** Events by time; those of one time in the order in which they came. A binary heap. */
export class EventQueue<Event extends Timed> {
  private readonly heap: Entry<Event>[] = [];
  private added = 0;

  get size(): number {
    return this.heap.length;
  }

  /** The time of the next event. */
  get nextDue(): number | undefined {
    return this.heap[0]?.event.due;
  }

  add(event: Event): void {
    const entry = { event, order: this.added++ };
    let at = this.heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.heap[parent];
      if (above === undefined || !precedes(entry, above)) break;
      this.heap[at] = above;
      at = parent;
    }
    this.heap[at] = entry;
  }

  /** Removes the next event if it is due at `now`. */
  takeDue(now: number): Event | undefined {
    const first = this.heap[0];
    if (first === undefined || first.event.due > now) return undefined;
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) this.sink(last);
    return first.event;
  }

  /** Puts an entry at the top and lets it fall to its place. */
  private sink(entry: Entry<Event>): void {
    let at = 0;
    for (;;) {
      const child = this.earlierChild(at);
      const below = this.heap[child];
      if (below === undefined || precedes(entry, below)) break;
      this.heap[at] = below;
      at = child;
    }
    this.heap[at] = entry;
  }

  private earlierChild(at: number): number {
    const left = 2 * at + 1;
    const [one, other] = [this.heap[left], this.heap[left + 1]];
    return one !== undefined && other !== undefined && precedes(other, one) ? left + 1 : left;
  }
}

function precedes(one: Entry<Timed>, other: Entry<Timed>): boolean {
  if (one.event.due !== other.event.due) return one.event.due < other.event.due;
  return one.order < other.order;
}
