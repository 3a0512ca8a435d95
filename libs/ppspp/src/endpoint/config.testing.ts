import { endpointDefaults, type EndpointConfig } from './config';

/** What a peer is unless a test wants it otherwise; its channel IDs count up from behind `idsFrom`. */
export function testConfig(idsFrom: number, more: Partial<EndpointConfig> = {}): EndpointConfig {
  let id = idsFrom;
  return {
    random: () => ++id >>> 0,
    wireOffset: 0n,
    admit: () => 'serve',
    portFor: () => 0,
    opensUnknown: false,
    fetchesFromCallers: true,
    servesCalled: true,
    ...endpointDefaults,
    ...more,
  };
}
