import { createPort } from '@weir/datagram';
import {
  endpointDefaults,
  integrityOf,
  type Address,
  type Candidate,
  type CertificateFault,
  type SwarmMetadata,
} from '@weir/ppspp';
import { InlineVerifier } from '@weir/verify';
import type { ContentStore } from './content-store';
import { Driver } from './driver';
import { ownCertificate } from './own-certificate';
import { expectShortLives } from './short-lived';
import { checkOf, sociable } from './sociable';
import type { TransferExchange } from './transfer-exchange';

/** One swarm to be served, and fetched if wanted. */
export interface TransferPlan {
  readonly metadata: SwarmMetadata;
  /** Never rejects. */
  readonly store: ContentStore;
  /** Where to listen; port 0 lets the system choose. */
  readonly listen: Address;
  /** `all` fetches what the store lacks, `none` only serves. */
  readonly want: 'all' | 'none';
  /** The store's content was computed from its bytes in this run: it needs no second check. */
  readonly trusted: boolean;
  /** Peers are exchanged with others; left out, nobody is told anything, and nobody believed. */
  readonly exchange?: TransferExchange | undefined;
}

/** Content bytes that one peer sent and that proved right. */
export interface Source {
  readonly address: Address;
  readonly bytes: number;
}

/** A swarm that is being served. */
export interface Transfer {
  /** Where it listens. */
  readonly address: Address;
  /** Makes peers known, again or for the first time; which to ask, and when, is the transfer's business. */
  addPeers(peers: readonly Candidate[]): void;
  /** Content bytes that came, and that went out, so far. */
  totals(): { readonly fetchedBytes: number; readonly servedBytes: number };
  /** A tracker certified that we are in the swarm: peers are shown it if it proves so; else why it does not. */
  certify(certificate: Uint8Array): CertificateFault | undefined;
  /** Who sent what so far. */
  sources(): readonly Source[];
  /** Takes leave of all peers. */
  close(): Promise<void>;
}

/** Starts a transfer on a UDP socket and the thread of its own. Rejects with a `DatagramError`. */
export async function startTransfer(plan: TransferPlan): Promise<Transfer> {
  expectShortLives();
  const { metadata, store, listen, want, trusted, exchange } = plan;
  const { swarmId } = metadata;
  const port = createPort(listen, 'auto');
  const verifier = new InlineVerifier();
  const driver = new Driver({
    ports: [port],
    store,
    verifier,
    endpoint: {
      ...endpointDefaults,
      ...(exchange === undefined ? {} : { exchange: sociable(exchange, () => port.local) }),
      admit: () => 'serve',
      opensUnknown: false,
      fetchesFromCallers: want === 'all',
      servesCalled: true,
      integrityMethods: [integrityOf(metadata)],
    },
    ...(exchange?.verifier === undefined ? {} : { certificates: checkOf(exchange.verifier) }),
    onNotice: () => undefined,
    onFailure: () => undefined,
  });
  const content = await store.open(swarmId);
  await driver.start();
  driver.input({ kind: 'join', join: { metadata, want, content, trusted } });
  return {
    address: port.local,
    addPeers: (peers) => {
      driver.input({ kind: 'peers', swarmId, peers });
    },
    totals: () => driver.endpoint.counters,
    certify: (certificate) => {
      const own = ownCertificate(exchange?.verifier, certificate, swarmId);
      if (!own.ok) return own.fault;
      driver.input({ kind: 'certificate', swarmId, own: own.own });
      return undefined;
    },
    sources: () => driver.endpoint.sources(swarmId),
    close: async () => {
      await driver.close();
      await verifier.close();
    },
  };
}
