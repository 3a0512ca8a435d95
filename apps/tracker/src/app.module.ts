import { type DynamicModule, Module } from '@nestjs/common';
import { TrackerModule, type TrackerSettings } from '@weir/tracker';

/** A tracker and nothing else. */
@Module({})
export class AppModule {
  static forRoot(settings: TrackerSettings): DynamicModule {
    return { module: AppModule, imports: [TrackerModule.forRoot(settings)] };
  }
}
