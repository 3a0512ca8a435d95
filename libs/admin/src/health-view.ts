import { z } from 'zod';

/** Answer of `GET /healthz`: that there is one at all. */
export const healthView = z.object({ status: z.literal('ok') }).meta({ id: 'HealthView' });

/** That the process works. */
export type HealthView = z.output<typeof healthView>;

/** Answer of `GET /readyz` while every condition for traffic holds. */
export const readyView = z.object({ status: z.literal('ready') }).meta({ id: 'ReadyView' });

/** That subscribers can be served. */
export type ReadyView = z.output<typeof readyView>;
