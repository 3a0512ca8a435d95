import type { Socket } from 'node:net';
import type { Budget } from './budget';
import type { Conversation } from './conversation';
import type { PassReason } from './message-reader';
import type { ConnectionEnd } from './metrics';

/** The two ends of a connection that runs through us. */
export interface Ends {
  readonly subscriber: Socket;
  readonly tracker: Socket;
}

/** Whom a connection tells, and what it shares with others. */
export interface ConnectionListener {
  readonly budget: Budget;
  /** Milliseconds that a message may be held. */
  readonly holdMillis: number;
  /** Bytes came, from either end. */
  onBytes(): void;
  /** Told once. */
  onEnd(end: ConnectionEnd): void;
}

/**
 * Carries bytes between a subscriber and a tracker, as their conversation says. Neither end is read faster than the other takes
 * it. What happens to one happens to the other: what it ends is ended, and a reset is passed on.
 */
export class TrackerConnection {
  private held = 0;
  private timer: NodeJS.Timeout | undefined;
  private over = false;
  private heardTracker = false;

  constructor(
    private readonly ends: Ends,
    private readonly conversation: Conversation,
    private readonly listener: ConnectionListener,
  ) {}

  start(): void {
    const { subscriber, tracker } = this.ends;
    subscriber.on('data', (chunk: Buffer) => this.fromSubscriber(chunk));
    tracker.on('data', (chunk: Buffer) => this.fromTracker(chunk));
    subscriber.on('drain', () => tracker.resume());
    tracker.on('drain', () => subscriber.resume());
    subscriber.on('end', () => this.ended(tracker));
    tracker.on('end', () => this.ended(subscriber));
    subscriber.on('error', () => this.end('reset'));
    tracker.on('error', () => this.end(this.heardTracker ? 'reset' : 'unreachable'));
    subscriber.on('close', () => this.closed());
    tracker.on('close', () => this.closed());
  }

  /** Cuts it, unless it is over. */
  end(end: ConnectionEnd): void {
    if (this.over) return;
    this.finish(end);
    for (const socket of [this.ends.subscriber, this.ends.tracker]) if (!socket.destroyed) socket.resetAndDestroy();
  }

  private fromSubscriber(chunk: Buffer): void {
    this.listener.onBytes();
    const { subscriber, tracker } = this.ends;
    if (!tracker.write(chunk)) subscriber.pause();
    this.deliver(this.conversation.fromSubscriber(chunk));
  }

  private fromTracker(chunk: Buffer): void {
    this.heardTracker = true;
    this.listener.onBytes();
    this.deliver(this.conversation.fromTracker(chunk));
  }

  /** One end says no more: the other is told when it has all of it. */
  private ended(other: Socket): void {
    this.deliver(this.conversation.ended());
    other.end();
  }

  private deliver(chunks: readonly Uint8Array[]): void {
    const { subscriber, tracker } = this.ends;
    // As few packets as it came in.
    subscriber.cork();
    for (const chunk of chunks) if (!subscriber.write(chunk)) tracker.pause();
    subscriber.uncork();
    this.account();
  }

  private pass(reason: PassReason): void {
    this.deliver(this.conversation.pass(reason));
  }

  /** What is held is counted, and not held for ever. */
  private account(): void {
    const { heldBytes } = this.conversation;
    const change = heldBytes - this.held;
    this.held = heldBytes;
    if (heldBytes === 0) this.stopTimer();
    else this.timer ??= setTimeout(() => this.pass('slow'), this.listener.holdMillis);
    if (!this.listener.budget.hold(change)) this.pass('memory');
  }

  private closed(): void {
    const { subscriber, tracker } = this.ends;
    if (subscriber.closed && tracker.closed && !this.over) this.finish('closed');
  }

  private finish(end: ConnectionEnd): void {
    this.over = true;
    this.stopTimer();
    this.listener.budget.hold(-this.held);
    this.held = 0;
    this.listener.onEnd(end);
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
