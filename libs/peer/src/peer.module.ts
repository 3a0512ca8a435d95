import { Module } from '@nestjs/common';
import { WEIR_CONFIG, type WeirConfig } from '@weir/config';
import { ReadinessRegistry, ThreadMetrics } from '@weir/telemetry';
import { Registry } from 'prom-client';
import { PeerService } from './peer.service';

/** The appliance's end of the peer protocol. The application is not created if its store or its sockets cannot be opened. */
@Module({
  providers: [
    {
      provide: PeerService,
      inject: [WEIR_CONFIG, Registry, ThreadMetrics, ReadinessRegistry],
      useFactory: (config: WeirConfig, registry: Registry, threads: ThreadMetrics, readiness: ReadinessRegistry) =>
        PeerService.start({ config, registry, threads, readiness }),
    },
  ],
  exports: [PeerService],
})
export class PeerModule {}
