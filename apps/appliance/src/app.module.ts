import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from '@weir/admin';
import { ConfigModule, type WeirConfig } from '@weir/config';
import { PeerModule } from '@weir/peer';
import { SuperNodeModule, superNodeRegistration } from '@weir/supernode';
import { LoggingModule, TelemetryModule } from '@weir/telemetry';

/** The cache: its peer, its registration with trackers, and what operators see of both. */
@Module({})
export class AppModule {
  static forRoot(config: WeirConfig): DynamicModule {
    const registration = superNodeRegistration();
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        TelemetryModule,
        LoggingModule,
        PeerModule,
        SuperNodeModule.forRoot(registration),
        AdminModule.forRoot(registration),
      ],
    };
  }
}
