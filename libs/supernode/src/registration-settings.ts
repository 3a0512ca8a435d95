import { placesOf, type TrackerConfig, type WeirConfig } from '@weir/config';
import type { Address } from '@weir/ppspp';
import type { AnnouncedAddress, RegistrationSettings, TrackerSettings } from '@weir/registration';

/** Where the peer is. */
export interface Place {
  readonly addresses: readonly Address[];
  readonly onLoopback: boolean;
}

/** What an operator says of trackers, as a registration takes it. */
export function registrationSettings(config: WeirConfig, place: Place): RegistrationSettings {
  return {
    trackers: config.trackers.map(trackerOf),
    addresses: announcedOf(config, place),
    reportSeconds: config.registration.reportInterval,
    allowLoopback: place.onLoopback,
    ownListeners: placesOf(config.admin.listen),
  };
}

/** Secrets are shown to the registration alone. */
function trackerOf({ url, tier, group, serve, credentials, tls }: TrackerConfig): TrackerSettings {
  return {
    ...{ url, tier, group, serve },
    credentials: credentials && { username: credentials.username, password: credentials.password.reveal() },
    tls: tls && { ca: tls.ca, certificate: tls.certificate, key: tls.key?.reveal() },
  };
}

/** Where an operator says that peers reach us, or else where we listen. */
function announcedOf({ registration: { addresses } }: WeirConfig, place: Place): readonly AnnouncedAddress[] {
  if (addresses.length === 0) return place.addresses;
  return addresses.map(({ asn, ...address }) => ({ ...address, asn: asn === undefined ? undefined : String(asn) }));
}
