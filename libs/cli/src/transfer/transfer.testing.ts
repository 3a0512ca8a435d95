import type { Address, Candidate, CertificateFault } from '@weir/ppspp';
import type { SampleContent } from '../content/content.testing';
import type { Source, Transfer, TransferPlan } from '@weir/peer';
import type { StartTransfer } from './transfer';

/** A transfer without a network: any peer has the content, and sends as much of it as it is told to. */
export class FakeTransfer implements Transfer {
  readonly address: Address;
  readonly peers: Candidate[] = [];
  readonly certificates: Uint8Array[] = [];
  /** What certificates are found to be. */
  fault: CertificateFault | undefined;
  closed = false;
  private sent: Source[] = [];

  constructor(
    readonly plan: TransferPlan,
    private readonly content: SampleContent | undefined,
    private readonly extentsMax: number,
  ) {
    this.address = { ip: plan.listen.ip, port: plan.listen.port === 0 ? 40_000 : plan.listen.port };
  }

  addPeers(peers: readonly Candidate[]): void {
    this.peers.push(...peers);
    const [peer] = peers;
    if (peer !== undefined && this.sent.length === 0) void this.send(peer.address);
  }

  totals(): ReturnType<Transfer['totals']> {
    return { fetchedBytes: this.sent.reduce((sum, { bytes }) => sum + bytes, 0), servedBytes: 0 };
  }

  certify(certificate: Uint8Array): CertificateFault | undefined {
    this.certificates.push(certificate);
    return this.fault;
  }

  sources(): readonly Source[] {
    return this.sent;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  private async send(address: Address): Promise<void> {
    if (this.content === undefined || this.plan.want === 'none') return;
    const { store, metadata } = this.plan;
    const held = new Set((await store.open(metadata.swarmId))?.extents);
    const missing = this.content.extents.filter(({ index }) => !held.has(index)).slice(0, this.extentsMax);
    this.sent = [{ address, bytes: missing.reduce((sum, { bytes }) => sum + bytes.length, 0) }];
    for (const extent of missing) await store.write({ ...this.content, extents: [extent] });
  }
}

/** Starts fake transfers and remembers them. */
export function fakeTransfers(content?: SampleContent, extentsMax = Infinity) {
  const started: FakeTransfer[] = [];
  const start: StartTransfer = (plan) => {
    const transfer = new FakeTransfer(plan, content, extentsMax);
    started.push(transfer);
    return Promise.resolve(transfer);
  };
  return { start, started };
}
