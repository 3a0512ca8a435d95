import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata } from '@nestjs/common';

import { registrationSetup, type RegistrationSetup, RegistrationService } from './registration.service';

/** How an app makes a setup of what other modules provide, as counters. */
export type RegistrationSetupFactory = Pick<ModuleMetadata, 'imports'> &
  Pick<FactoryProvider<RegistrationSetup>, 'inject' | 'useFactory'>;

/** The registration of the appliance with its trackers. */
@Module({})
export class RegistrationModule {
  static forRoot(setup: RegistrationSetup): DynamicModule {
    return this.forRootAsync({ useFactory: () => setup });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: RegistrationSetupFactory): DynamicModule {
    return {
      module: RegistrationModule,
      imports,
      providers: [RegistrationService, { provide: registrationSetup, inject, useFactory }],
      exports: [RegistrationService],
    };
  }
}
