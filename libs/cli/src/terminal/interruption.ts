import { once } from 'node:events';
import { InterruptedError } from '../errors';

/** The signals that end a command. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

/** A request to stop, from the keyboard or a supervisor. A second one ends the process at once. */
export class Interruption {
  private readonly controller = new AbortController();

  constructor() {
    process.once('SIGINT', this.onSignal);
    process.once('SIGTERM', this.onSignal);
  }

  /** Aborts with an `InterruptedError`. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Gives the signals back to the process. */
  release(): void {
    process.off('SIGINT', this.onSignal);
    process.off('SIGTERM', this.onSignal);
  }

  private readonly onSignal = (signal: StopSignal): void => {
    this.release();
    this.controller.abort(new InterruptedError(signal));
  };
}

/** Rejects with the signal's reason when it is aborted, and never resolves. */
export async function untilAborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  signal.throwIfAborted();
  throw new InterruptedError('SIGTERM');
}
