// The tracker as its command starts it, with the bounds of a large one, and a way to its own code for the population.
import { Module } from '@nestjs/common';
import tracker from '../../../dist/libs/tracker/src/index.js';
import { Population } from './population.mjs';

const { startTracker, TrackerModule, TrackerService } = tracker;
const millions = 4_194_304;

class BenchModule {}
Module({})(BenchModule);

/** @param {{ tls?: { certificateFile: string, keyFile: string } }} options */
export async function startTracked({ tls }) {
  const settings = {
    listen: '127.0.0.1:0',
    // Longer than the benchmark.
    peerTimeoutSeconds: 86_400,
    tls,
    // What one prefix may do is bounded for strangers; the side that asks has 32 of them.
    limits: { peers: millions, memberships: millions, requestsPerSecond: 100_000, registrationsPerSecond: 100_000 },
  };
  let service;
  const providers = [{ provide: Symbol('service'), inject: [TrackerService], useFactory: (one) => (service = one) }];
  const root = { module: BenchModule, imports: [TrackerModule.forRoot(settings)], providers };
  const running = await startTracker(settings, root);
  const population = new Population(service.core);
  return { url: running.url, population, close: () => running.close() };
}
