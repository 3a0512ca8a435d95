import { subscriberKey, type Address } from '@weir/ppspp';
import { connectionsEachMax, connectionsMax } from './limits';

interface Row {
  readonly share: string;
  heardAt: number;
}

/** The connections that are open, bounded as a whole and for each subscriber. Times are milliseconds of any clock. */
export class ConnectionTable<Connection> {
  /** Who was heard last stands last. */
  private readonly rows = new Map<Connection, Row>();
  private readonly shares = new Map<string, Set<Connection>>();

  constructor(private readonly bounds = { all: connectionsMax, each: connectionsEachMax }) {}

  get size(): number {
    return this.rows.size;
  }

  get all(): readonly Connection[] {
    return [...this.rows.keys()];
  }

  /** Which connection must end before one of this subscriber's may be added: its own oldest, or who was idle for longest. */
  crowdedOut(subscriber: Address): Connection | undefined {
    const own = this.shares.get(subscriberKey(subscriber));
    if (own !== undefined && own.size >= this.bounds.each) return own.values().next().value;
    return this.rows.size >= this.bounds.all ? this.rows.keys().next().value : undefined;
  }

  add(connection: Connection, subscriber: Address, now: number): void {
    const share = subscriberKey(subscriber);
    const own = this.shares.get(share) ?? new Set();
    this.shares.set(share, own.add(connection));
    this.rows.set(connection, { share, heardAt: now });
  }

  heard(connection: Connection, now: number): void {
    const row = this.rows.get(connection);
    if (row === undefined) return;
    row.heardAt = now;
    this.rows.delete(connection);
    this.rows.set(connection, row);
  }

  remove(connection: Connection): void {
    const row = this.rows.get(connection);
    if (row === undefined) return;
    this.rows.delete(connection);
    const own = this.shares.get(row.share);
    own?.delete(connection);
    if (own?.size === 0) this.shares.delete(row.share);
  }

  /** Those that were not heard since then. */
  idleSince(time: number): Connection[] {
    const idle: Connection[] = [];
    for (const [connection, { heardAt }] of this.rows) {
      if (heardAt > time) break;
      idle.push(connection);
    }
    return idle;
  }
}
