/** Forgets a task that has not run yet. */
export type Cancel = () => void;

/** Time as a registration needs it; tests bring their own. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Runs the task once, when so many milliseconds have passed. */
  after(millis: number, task: () => void): Cancel;
}

/** The host's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (millis, task) => {
    const timer = setTimeout(task, millis);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Ends after so many milliseconds, or as soon as `signal` is aborted. */
export function wait(clock: Clock, millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(millis, end);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}
