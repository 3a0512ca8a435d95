import { answeringOptions } from '../channel/handshake';
import type { Address } from '../endpoint/address';
import type { EndpointFault } from '../endpoint/counters';
import { channelOf, saying, TestEndpoint, testDialect, type Sent } from '../endpoint/endpoint.testing';
import { published } from '../swarm/published.testing';
import { encodeDatagram } from '../wire/encode';
import type { Message, PexResponseMessage } from '../wire/message';
import type { ExchangeConfig } from './config';
import { isNear } from './reach';

/** What everybody here exchanges peers of. */
export const content = published(300_000);

const { metadata } = content;

/** Peers of one private network exchange plain addresses; everybody's certificates are believed. */
export const sociable: ExchangeConfig = {
  benign: isNear,
  certified: true,
  names: () => true,
  own: ({ ip }) => ip === '10.0.0.99',
};

/** An address in a private network. */
export const near = (host: number): Address => ({ ip: `10.0.0.${String(host)}`, port: 6778 });

/** An address on the Internet. */
export const far = (host: number): Address => ({ ip: `192.0.2.${String(host)}`, port: 6778 });

/** PEX_RESv4. */
export function v4(ip: string, port = 6778): PexResponseMessage {
  return { type: 'pex-response-v4', ip: Uint8Array.from(ip.split('.').map(Number)), port };
}

/** PEX_RESv6. */
export function v6(ip: readonly number[], port = 6778): PexResponseMessage {
  return { type: 'pex-response-v6', ip: Uint8Array.from(ip), port };
}

/** A peer's channel to the endpoint under test. */
export interface Line {
  readonly address: Address;
  readonly id: number;
}

/** A leecher, and peers that tell it of others. */
export class Scene {
  leecher = new TestEndpoint();

  /** A new leecher, which knows one peer; that one has answered. */
  readonly begin = (teller: Address, config: Partial<ExchangeConfig> = {}): Line => {
    const exchange = { ...sociable, certified: false, ...config };
    this.leecher = new TestEndpoint({ exchange }).fetch(metadata, teller);
    return this.answer(teller, this.leecher.take());
  };

  /** Answers a handshake that was sent to an address, and has all of the content. */
  readonly answer = (address: Address, sent: readonly Sent[]): Line => {
    const id = channelOf(sent.filter(({ to }) => to.ip === address.ip));
    const options = answeringOptions(metadata, { chunkSize: 1_024 });
    const reply: Message[] = [
      { type: 'handshake', channel: 4_000 + id, options },
      { type: 'have', range: { first: 0, last: 292 } },
    ];
    this.leecher.hear(address, encodeDatagram(id, reply, testDialect));
    return { address, id };
  };

  /** Says something to the leecher; what it sends then. */
  readonly tell = ({ address, id }: Line, ...messages: Message[]): Sent[] =>
    this.leecher.hear(address, saying(id, ...messages)).take();

  /** Whom else datagrams went to than to the other end of a line. */
  readonly called = (sent: readonly Sent[], { address }: Line): string[] =>
    sent.filter(({ to }) => to.ip !== address.ip).map(({ to }) => `${to.ip} ${String(to.port)}`);

  readonly fault = (name: EndpointFault): number => this.leecher.endpoint.counters.faults.get(name) ?? 0;
}
