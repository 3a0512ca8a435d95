import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from '@weir/admin';
import { ConfigModule, WEIR_CONFIG, type WeirConfig } from '@weir/config';
import { PeerModule, PeerService } from '@weir/peer';
import { RegistrationModule, type RegistrationSetup } from '@weir/registration';
import { LoggingModule, TelemetryModule } from '@weir/telemetry';
import { Registry } from 'prom-client';
import { SuperNodeService } from './super-node.service';

/** The cache: its peer, its registration with trackers, and what operators see of both. */
@Module({})
export class AppModule {
  static forRoot(config: WeirConfig): DynamicModule {
    const registration = RegistrationModule.forRootAsync({
      imports: [PeerModule],
      inject: [WEIR_CONFIG, PeerService, Registry],
      useFactory: registrationSetup,
    });
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        TelemetryModule,
        LoggingModule,
        PeerModule,
        registration,
        AdminModule.forRoot(registration),
      ],
      providers: [SuperNodeService],
    };
  }
}

function registrationSetup(config: WeirConfig, peer: PeerService, registry: Registry): RegistrationSetup {
  const { trackers, registration } = config;
  return {
    settings: {
      trackers: trackers.map(({ url }) => url),
      addresses: peer.addresses,
      reportSeconds: registration.reportInterval,
      allowLoopback: peer.onLoopback,
    },
    counters: () => peer.streamStats(),
    registry,
  };
}
