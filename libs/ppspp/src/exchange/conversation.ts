import { limits, type Micros } from '../limits';

const never = Number.NEGATIVE_INFINITY;

/** What one channel's two peers asked of each other about other peers. RFC 7574 section 3.10.1. */
export class Conversation {
  private askedAt: Micros = never;
  /** The last time that PEX_REQ was said, and how often since `askedAt`. */
  private saidAt: Micros = never;
  private said = 0;
  private answeringSince: Micros = never;
  private answered = 0;
  private answersLeft = 0;
  private isAnswered = false;
  private isDistrusted = false;

  /** Whether to ask the peer now; it then counts as asked. */
  ask(now: Micros): boolean {
    if (this.isDistrusted || now - this.askedAt < limits.exchangeAsk) return false;
    this.askedAt = now;
    this.said = 0;
    this.isAnswered = false;
    this.say(now);
    return true;
  }

  /** Says it once more. Only when `repeatAt` has come. */
  repeat(now: Micros): void {
    this.say(now);
  }

  /** When the peer is to be asked once more, since nothing came; undefined if that is not so. */
  get repeatAt(): Micros | undefined {
    const isOver = this.isAnswered || this.isDistrusted || this.said === 0 || this.said >= limits.exchangeAsks;
    return isOver ? undefined : this.saidAt + limits.exchangeRepeat;
  }

  /** Whether the peer's PEX_REQ is answered; it then counts as answered. */
  answer(now: Micros): boolean {
    if (now - this.answeringSince >= limits.exchangeAnswer) {
      this.answeringSince = now;
      this.answered = 0;
    }
    if (this.answered >= limits.exchangeAsks) return false;
    this.answered++;
    return true;
  }

  /** Takes an answer; false if it is one that was not asked for, one too many, or too late. */
  expects(now: Micros): boolean {
    if (this.answersLeft === 0 || now - this.saidAt > limits.exchangeLate) return false;
    this.answersLeft--;
    this.isAnswered = true;
    return true;
  }

  /** The peer told a defect: what else it tells is discarded, and it is asked no more. RFC 7574 section 12.2.2. */
  distrust(): void {
    this.isDistrusted = true;
    this.answersLeft = 0;
  }

  private say(now: Micros): void {
    this.saidAt = now;
    this.said++;
    this.answersLeft = limits.exchangeAnswers;
  }
}
