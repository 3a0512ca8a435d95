import { limits, type Micros } from '../limits';

/** What one channel's two peers asked of each other about other peers. RFC 7574 section 3.10.1. */
export class Conversation {
  private askedAt: Micros = Number.NEGATIVE_INFINITY;
  private answeredAt: Micros = Number.NEGATIVE_INFINITY;
  private answersLeft = 0;
  private isDistrusted = false;

  /** Whether to ask the peer now; it then counts as asked. */
  ask(now: Micros): boolean {
    if (this.isDistrusted || now - this.askedAt < limits.exchangeAsk) return false;
    this.askedAt = now;
    this.answersLeft = limits.exchangeAnswers;
    return true;
  }

  /** Whether the peer's PEX_REQ is answered; it then counts as answered. */
  answer(now: Micros): boolean {
    if (now - this.answeredAt < limits.exchangeAnswer) return false;
    this.answeredAt = now;
    return true;
  }

  /** Takes an answer; false if it is one that was not asked for, one too many, or too late. */
  expects(now: Micros): boolean {
    if (this.answersLeft === 0 || now - this.askedAt > limits.exchangeLate) return false;
    this.answersLeft--;
    return true;
  }

  /** The peer told a defect: what else it tells is discarded, and it is asked no more. RFC 7574 section 12.2.2. */
  distrust(): void {
    this.isDistrusted = true;
    this.answersLeft = 0;
  }
}
