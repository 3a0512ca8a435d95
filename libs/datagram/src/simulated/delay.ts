import type { Random } from './random';

/** How long a datagram travels, in microseconds, drawn for each. */
export type Delay = (random: Random) => number;

/** Every datagram takes the same time. */
export function constantDelay(micros: number): Delay {
  return () => micros;
}

/** Between two times, each as likely as the others. */
export function uniformDelay(min: number, max: number): Delay {
  return (random) => min + random() * (max - min);
}

/** At least `min`, `mean` on average: most arrive early and a few very late, as behind queues of other traffic. */
export function exponentialDelay(min: number, mean: number): Delay {
  return (random) => min - Math.log(1 - random()) * (mean - min);
}
