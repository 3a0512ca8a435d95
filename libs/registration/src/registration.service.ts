import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { PeerMode } from '@weir/ppstp';
import { Registry } from 'prom-client';

import type { Found } from './look-ups';
import { type Forbids, forbiddenPlaces } from './client/places';
import { createRegistrationMetrics } from './metrics';
import { Registration, type RegistrationWorld } from './registration';
import type { RegistrationSettings } from './settings';
import type { TrackedPeer } from './tracked-peers';
import type { TrackerStatus } from './tracker-status';

/** What the app gives the module. */
export interface RegistrationSetup {
  readonly settings: RegistrationSettings;
  readonly counters?: RegistrationWorld['counters'];
  readonly certified?: RegistrationWorld['certified'];
  readonly named?: RegistrationWorld['named'];
  /** Where the metrics go. Default: nowhere. */
  readonly registry?: Registry | undefined;
}

/** Injection token of the `RegistrationSetup`. */
export const registrationSetup = Symbol('registration setup');

/** The appliance's registration, for as long as the application runs: registered once all else is up, gone first. */
@Injectable()
export class RegistrationService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RegistrationService.name);
  private readonly registration: Registration;
  /** Where no tracker may be, whoever names it: on this host, on its link, at its operators' listeners. */
  readonly forbids: Forbids;

  constructor(@Inject(registrationSetup) { settings, counters, certified, named, registry }: RegistrationSetup) {
    const { allowLoopback = false, ownListeners: own = [] } = settings;
    this.forbids = forbiddenPlaces({ allowLoopback, own });
    this.registration = new Registration(settings, {
      ...(counters === undefined ? {} : { counters }),
      ...(certified === undefined ? {} : { certified }),
      ...(named === undefined ? {} : { named }),
      ...(registry === undefined ? {} : { metrics: createRegistrationMetrics(registry) }),
      changed: (status) => this.log(status),
    });
  }

  onApplicationBootstrap(): void {
    this.registration.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.registration.stop();
  }

  get peerId(): string {
    return this.registration.peerId;
  }

  /** See `Registration.trackers`. */
  get trackers(): readonly TrackerStatus[] {
    return this.registration.trackers;
  }

  /** See `Registration.join`. */
  join(swarmId: string, mode: PeerMode): boolean {
    return this.registration.join(swarmId, mode);
  }

  /** See `Registration.leave`. */
  leave(swarmId: string): void {
    this.registration.leave(swarmId);
  }

  /** See `Registration.peersFor`. */
  peersFor(swarmId: string, found?: Found): Promise<readonly TrackedPeer[]> {
    return this.registration.peersFor(swarmId, found);
  }

  private log({ url, state, lastError }: TrackerStatus): void {
    if (state === 'failed') this.logger.warn(`tracker ${url} failed: ${lastError ?? 'unknown'}`);
    else this.logger.log(`tracker ${url} is ${state}`);
  }
}
