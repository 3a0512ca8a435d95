import { type DynamicModule, Module } from '@nestjs/common';
import { WEIR_CONFIG, type WeirConfig } from '@weir/config';
import { PeerModule, PeerService } from '@weir/peer';
import { RegistrationModule, type RegistrationSetup } from '@weir/registration';
import { Registry } from 'prom-client';
import { registrationSettings } from './registration-settings';
import { SuperNodeService } from './super-node.service';

/** The registration of the appliance's peer with the configured trackers. */
export function superNodeRegistration(): DynamicModule {
  return RegistrationModule.forRootAsync({
    imports: [PeerModule],
    inject: [WEIR_CONFIG, PeerService, Registry],
    useFactory: registrationSetup,
  });
}

/** The peer and its registration, bound together. */
@Module({ imports: [PeerModule], providers: [SuperNodeService] })
export class SuperNodeModule {
  /** With the registration that `superNodeRegistration` made: one for all modules that need it. */
  static forRoot(registration: DynamicModule): DynamicModule {
    return { module: SuperNodeModule, imports: [registration] };
  }
}

function registrationSetup(config: WeirConfig, peer: PeerService, registry: Registry): RegistrationSetup {
  const settings = registrationSettings(config, peer);
  const certified = (swarmId: string, certificate: Uint8Array): void => peer.certify(swarmId, certificate);
  const named = (swarmId: string, url: string): void => peer.operator.named(swarmId, url);
  return { settings, counters: () => peer.streamStats(), certified, named, registry };
}
