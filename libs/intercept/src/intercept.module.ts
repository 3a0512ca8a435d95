import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata } from '@nestjs/common';
import { InterceptService, interceptSetup, type InterceptSetup } from './intercept.service';

/** How an app makes a setup of what other modules provide. */
export type InterceptSetupFactory = Pick<ModuleMetadata, 'imports'> &
  Pick<FactoryProvider<InterceptSetup>, 'inject' | 'useFactory'>;

/** The interception of the appliance. */
@Module({})
export class InterceptModule {
  static forRootAsync({ imports = [], inject = [], useFactory }: InterceptSetupFactory): DynamicModule {
    return {
      module: InterceptModule,
      imports,
      providers: [InterceptService, { provide: interceptSetup, inject, useFactory }],
      exports: [InterceptService],
    };
  }
}
