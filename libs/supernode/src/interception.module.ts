import type { DynamicModule } from '@nestjs/common';
import { WEIR_CONFIG, type WeirConfig } from '@weir/config';
import {
  createTrackerInterceptMetrics,
  InterceptModule,
  speaksIpv6,
  TrackerIntercept,
  type InterceptSetup,
  type Served,
} from '@weir/intercept';
import { PeerModule, PeerService } from '@weir/peer';
import { RegistrationService } from '@weir/registration';
import { ReadinessRegistry } from '@weir/telemetry';
import { Registry } from 'prom-client';

type Parts = readonly [
  config: WeirConfig,
  peer: PeerService,
  registration: RegistrationService,
  registry: Registry,
  readiness: ReadinessRegistry,
];

/**
 * The interception of subscribers' flows for the appliance's peer, and of their requests to trackers. With the registration that
 * `superNodeRegistration` made.
 */
export function superNodeInterception(registration: DynamicModule): DynamicModule {
  return InterceptModule.forRootAsync({
    imports: [PeerModule, registration],
    inject: [WEIR_CONFIG, PeerService, RegistrationService, Registry, ReadinessRegistry],
    useFactory: (...parts: Parts) => interceptSetup(parts),
  });
}

function interceptSetup(parts: Parts): InterceptSetup {
  const [config, peer, , registry, readiness] = parts;
  return {
    config,
    pulse: peer.pulse,
    onFlowsLost: (listener) => peer.onFlowsLost(listener),
    served: () => servedBy(peer),
    trackers: (asked) => trackerIntercept(parts, asked),
    registry,
    readiness,
  };
}

function trackerIntercept(
  [config, peer, registration, registry]: Parts,
  asked: (swarmId: string) => void,
): TrackerIntercept {
  const { addresses } = peer;
  return new TrackerIntercept({
    port: config.intercept.tcpPort,
    ipv6: speaksIpv6(),
    peerId: registration.peerId,
    service: {
      ipv4: addresses.find(({ ip }) => !ip.includes(':')),
      ipv6: addresses.find(({ ip }) => ip.includes(':')),
    },
    serves: (swarmId) => peer.serves(swarmId),
    asked,
    metrics: createTrackerInterceptMetrics(registry),
  });
}

/** What is sent again counts on both sides: losses between us and subscribers say nothing of what passes. */
function servedBy({ totals, intercepted }: PeerService): Served {
  const { servedBytes, hitBytes, missBytes } = totals;
  const { repeatedBytes, servedDatagramBytes } = intercepted;
  return { contentBytes: servedBytes + repeatedBytes, payloadBytes: servedDatagramBytes, hitBytes, missBytes };
}
