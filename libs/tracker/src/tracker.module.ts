import { type DynamicModule, Module } from '@nestjs/common';
import { Registry } from 'prom-client';

import { createTrackerMetrics } from './metrics';
import { planTracker } from './plan';
import type { TrackerSettings } from './settings';
import { trackerController, TrackerStatusController } from './tracker.controller';
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
      controllers: [trackerController(plan.path), TrackerStatusController],
      providers: [
        TrackerService,
        { provide: trackerPlan, useValue: plan },
        { provide: Registry, useValue: registry },
        { provide: trackerMetrics, useValue: createTrackerMetrics(registry) },
      ],
      exports: [TrackerService, trackerPlan],
    };
  }
}
