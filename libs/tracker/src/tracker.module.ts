import { type DynamicModule, Module } from '@nestjs/common';
import { readAsnFile } from '@weir/config';
import { PrefixTable } from '@weir/ppspp';
import { Tracker } from '@weir/ppstp';
import { Registry } from 'prom-client';

import { TrackerError } from './errors';
import { createTrackerMetrics } from './metrics';
import { planTracker, type TrackerPlan } from './plan';
import type { TrackerSettings } from './settings';
import { TrackerHealthController, TrackerMetricsController } from './tracker.controller';
import { trackerMetrics, trackerPlan, TrackerService } from './tracker.service';

/** A tracker's controllers and service. `startTracker` puts an HTTP server under them. */
@Module({})
export class TrackerModule {
  /** Throws `TRACKER_SETTING_INVALID` for settings that are wrong. */
  static forRoot(settings: TrackerSettings): DynamicModule {
    const plan = planTracker(settings);
    const registry = new Registry();
    return {
      module: TrackerModule,
      controllers:
        plan.admin === undefined ? [TrackerHealthController, TrackerMetricsController] : [TrackerHealthController],
      providers: [
        TrackerService,
        { provide: trackerPlan, useValue: plan },
        { provide: Tracker, useFactory: () => openTracker(plan) },
        { provide: Registry, useValue: registry },
        { provide: trackerMetrics, useValue: createTrackerMetrics(registry) },
      ],
      exports: [TrackerService, trackerPlan, trackerMetrics, Registry],
    };
  }
}

/** Throws `TRACKER_FILE_INVALID` for a table of AS numbers that cannot be used. */
function openTracker({ options, asnFile }: TrackerPlan): Tracker {
  return new Tracker(asnFile === undefined ? options : { ...options, asns: readAsns(asnFile) }, Math.random);
}

function readAsns(path: string): PrefixTable<string> {
  const read = readAsnFile(path);
  if ('value' in read) return new PrefixTable(read.value.map(([prefix, asn]) => [prefix, String(asn)]));
  throw new TrackerError('TRACKER_FILE_INVALID', `asnFile ${path}: ${read.remedy}`, { path });
}
