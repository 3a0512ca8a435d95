import { type DynamicModule, Module } from '@nestjs/common';
import { type WeirConfig } from './config';

/** Injects the configuration: `@Inject(WEIR_CONFIG) config: WeirConfig`. */
export const WEIR_CONFIG = Symbol('WEIR_CONFIG');

/** Provides the configuration to every module of an app. It is loaded before Nest starts, so that `main` can refuse it. */
@Module({})
export class ConfigModule {
  static forRoot(config: WeirConfig): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: WEIR_CONFIG, useValue: config }],
      exports: [WEIR_CONFIG],
    };
  }
}
