import { type DynamicModule, Module } from '@nestjs/common';
import { Tracker } from '@weir/ppstp';
import { Registry } from 'prom-client';

import { readAsns } from './asns';
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

function openTracker({ options, asnFile }: TrackerPlan): Tracker {
  return new Tracker(asnFile === undefined ? options : { ...options, asns: readAsns(asnFile) }, Math.random);
}
