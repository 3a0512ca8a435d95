import { answeringOptions, initiatingOptions } from '../channel/handshake';
import type { SwarmMetadata } from '../swarm/metadata';
import { decodeDatagram } from '../wire/decode';
import type { Message } from '../wire/message';
import type { Address } from './address';
import type { EndpointConfig } from './config';
import { LocalFlows, type FlowTable } from './flows';
import { channelOf, messagesOf, opening, saying, testDialect, TestEndpoint, type Sent } from './endpoint.testing';

/** An inside address. */
export function inside(host: number, port = 9): Address {
  return { ip: `10.2.0.${String(host)}`, port };
}

/** An outside address. */
export function outside(host: number, port = 6_778): Address {
  return { ip: `203.0.113.${String(host)}`, port };
}

/** A call of ours: our ID of its channel, and whom it went to. */
export interface Called {
  readonly id: number;
  readonly address: Address;
}

/** An appliance in the way of its subscribers' datagrams. */
export class Interceptor extends TestEndpoint {
  /** Whether channels of ours are, or may soon be, between two addresses. */
  readonly hasFlow: FlowTable['has'];

  constructor(config: Partial<EndpointConfig> = {}) {
    const flows = new LocalFlows();
    super({
      flows,
      opensUnknown: true,
      fetchesFromCallers: false,
      servesCalled: false,
      admit: ({ ip }) => (ip.startsWith('10.2.') ? 'serve' : 'refuse'),
      isExternal: ({ ip }) => ip.startsWith('203.0.113.'),
      ...config,
    });
    this.hasFlow = (from, origin) => flows.has(from, origin);
  }

  /** A subscriber's HANDSHAKE to somebody outside. */
  intercept(metadata: SwarmMetadata, from = inside(1), to = outside(1), channel = 5): Sent[] {
    return this.hear(from, opening(metadata, channel), to).take();
  }

  /** Its calls among datagrams. */
  calls(sent: readonly Sent[]): Called[] {
    return sent.flatMap(({ to, bytes }) => {
      const { channel, messages } = decodeDatagram(bytes, testDialect);
      const [first] = messages;
      return channel === 0 && first?.type === 'handshake' ? [{ id: first.channel, address: to }] : [];
    });
  }

  /** A peer that it called answers. */
  answer({ id, address }: Called, metadata: SwarmMetadata, ...more: readonly Message[]): Sent[] {
    const options = answeringOptions(metadata, initiatingOptions(metadata, true));
    return this.hear(address, saying(id, { type: 'handshake', channel: 77, options }, ...more)).take();
  }

  /** A channel of a subscriber's in a swarm that somebody outside answers in; ours, and that of the call. */
  serve(metadata: SwarmMetadata, ...offered: readonly Message[]): { readonly id: number; readonly source: Called } {
    const [source = { id: 0, address: outside(1) }] = this.calls(this.intercept(metadata));
    const id = channelOf(this.answer(source, metadata, ...offered).filter(({ from }) => from !== undefined));
    this.hear(inside(1), saying(id), outside(1)).take();
    return { id, source };
  }
}

/** The types of all messages among datagrams. */
export function typesOf(sent: readonly Sent[]): string[] {
  return messagesOf(sent).map(({ type }) => type);
}
