import type { Channel } from '../channel/channel';
import { limits, type Micros } from '../limits';

/** Holders that are looked at in search of one who needs its slot no more. */
const lookedAtMax = 64;

/**
 * Who is served. As long as there are slots, whoever asks gets one; when there are none, who has been served longest
 * makes room for who has waited longest, a turn each. RFC 7574 sections 3.9 and 12.6.6. Guests have what subscribers leave: they make
 * room at once, and wait without a turn of their own.
 */
export class Slots {
  /** Since when each holder is served, longest first. */
  private readonly holders = new Map<Channel, Micros>();
  /** In the order in which they came. */
  private readonly line = new Set<Channel>();
  /** Guests among the holders, and those who wait. */
  private readonly guests = new Set<Channel>();
  private readonly guestLine = new Set<Channel>();
  private lookAt: Micros = Number.NEGATIVE_INFINITY;

  /** `count` is how many are served at a time. */
  constructor(
    private readonly count: number,
    private readonly touch: (channel: Channel) => void,
  ) {}

  /** A peer asks; true if it is served. */
  admits(channel: Channel, now: Micros): boolean {
    if (this.holders.has(channel)) return true;
    if (channel.guest) return this.admitsGuest(channel, now);
    if (this.line.size > 0 || !(this.makesRoom(now) || this.displaceGuest(now))) {
      if (this.isIdle) this.lookAt = now + limits.slotInterval;
      this.line.add(channel);
      return false;
    }
    this.holders.set(channel, now);
    return true;
  }

  /** True if one more peer would be served at once. */
  hasRoom(now: Micros): boolean {
    return this.line.size === 0 && (this.guests.size > 0 || this.makesRoom(now));
  }

  /** A channel ended. */
  release(channel: Channel): void {
    this.holders.delete(channel);
    this.line.delete(channel);
    this.guests.delete(channel);
    this.guestLine.delete(channel);
  }

  /** Passes slots on whose turn is over. */
  tend(now: Micros): void {
    if (this.isIdle || now < this.lookAt) return;
    this.lookAt = now + limits.slotInterval;
    for (const waiting of [...this.line].slice(0, this.count)) {
      if (!this.makesRoom(now) && !this.displaceGuest(now) && !this.endsTurn(now)) return;
      this.line.delete(waiting);
      this.serve(waiting, now);
    }
    for (const waiting of this.guestLine) {
      if (!this.makesRoom(now)) return;
      this.guestLine.delete(waiting);
      this.guests.add(waiting);
      this.serve(waiting, now);
    }
  }

  /** When a slot may be passed on. */
  nextTimeout(): Micros | undefined {
    return this.isIdle ? undefined : this.lookAt;
  }

  private get isIdle(): boolean {
    return this.line.size === 0 && this.guestLine.size === 0;
  }

  private admitsGuest(channel: Channel, now: Micros): boolean {
    if (!this.isIdle || this.holders.size >= this.count) {
      if (this.isIdle) this.lookAt = now + limits.slotInterval;
      this.guestLine.add(channel);
      return false;
    }
    this.holders.set(channel, now);
    this.guests.add(channel);
    return true;
  }

  private serve(channel: Channel, now: Micros): void {
    this.holders.set(channel, now);
    channel.choking.unchoked(now);
    channel.tell({ type: 'unchoke' });
    this.touch(channel);
  }

  /** True if there is a slot, or one whose holder asks for nothing. */
  private makesRoom(now: Micros): boolean {
    if (this.holders.size < this.count) return true;
    let left = lookedAtMax;
    for (const [holder, since] of this.holders) {
      if (!holder.uploader.busy && now >= since + limits.slotGrace) {
        this.guests.delete(holder);
        return this.holders.delete(holder);
      }
      if (--left === 0) return false;
    }
    return false;
  }

  /** Takes the slot of who has been served longest, if that is a turn; it waits at the end of the line. */
  private endsTurn(now: Micros): boolean {
    for (const [holder, since] of this.holders) {
      if (now < since + limits.slotTurn) return false;
      this.line.add(holder);
      this.suspend(holder, now);
      return true;
    }
    return false;
  }

  /** True if a guest made room. */
  private displaceGuest(now: Micros): boolean {
    const [guest] = this.guests;
    if (guest === undefined) return false;
    this.guests.delete(guest);
    this.guestLine.add(guest);
    this.suspend(guest, now);
    return true;
  }

  private suspend(holder: Channel, now: Micros): void {
    this.holders.delete(holder);
    holder.choking.choked(now);
    holder.uploader.drop();
    holder.tell({ type: 'choke' });
    this.touch(holder);
  }
}
