import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from '@weir/admin';
import { ConfigModule, type WeirConfig } from '@weir/config';
import { PeerModule } from '@weir/peer';
import { SuperNodeModule, superNodeInterception, superNodeRegistration } from '@weir/supernode';
import { SupervisionModule } from '@weir/supervision';
import { LoggingModule, TelemetryModule } from '@weir/telemetry';

/** The cache: its peer, its registration with trackers, its interception, and what operators see of them. */
@Module({})
export class AppModule {
  static forRoot(config: WeirConfig): DynamicModule {
    const registration = superNodeRegistration();
    const interception = superNodeInterception(registration);
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        TelemetryModule,
        LoggingModule,
        PeerModule,
        SuperNodeModule.forRoot(registration),
        interception,
        SupervisionModule,
        AdminModule.forRoot(registration, interception),
      ],
    };
  }
}
