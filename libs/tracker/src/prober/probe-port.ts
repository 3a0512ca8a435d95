import { createPort, type DatagramPort, monotonicMicros } from '@weir/datagram';
import type { Address } from '@weir/ppspp';
import { type Claim, type ClaimOrigin, Prober, type ProberParts } from './prober';

/** Who is told of proofs. */
export type ProofListener = (peerId: string, address: Address) => void;

/** A prober with a socket and a clock. */
export class ProbePort {
  private readonly prober: Prober;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly port: DatagramPort,
    parts: ProberParts,
    private readonly onProof: ProofListener,
  ) {
    this.prober = new Prober(parts);
  }

  /**
   * Opens a UDP port of the system's choice, for IPv4 and IPv6 where there are both. Rejects with a `DatagramError`. The
   * machine is not asked for its addresses: a service that is confined may not know them.
   */
  static async open(parts: ProberParts, onProof: ProofListener): Promise<ProbePort> {
    try {
      return await ProbePort.openAt('::', parts, onProof);
    } catch {
      return ProbePort.openAt('0.0.0.0', parts, onProof);
    }
  }

  private static async openAt(ip: string, parts: ProberParts, onProof: ProofListener): Promise<ProbePort> {
    const port = createPort({ ip, port: 0 }, 'node');
    const opened = new ProbePort(port, parts, onProof);
    await port.open(
      (batch) => {
        for (const { from, bytes } of batch) opened.prober.receive(from, bytes, monotonicMicros());
        opened.settle();
      },
      // Whoever cannot be reached is silent.
      () => undefined,
    );
    return opened;
  }

  /** Takes what one accepted request claims, while the port is open. */
  ask(claims: readonly Claim[], origin: ClaimOrigin): void {
    if (claims.length === 0) return;
    this.prober.ask(claims, origin, monotonicMicros());
    this.settle();
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.port.close();
  }

  private readonly wake = (): void => {
    this.prober.expire(monotonicMicros());
    this.settle();
  };

  private settle(): void {
    for (const effect of this.prober.drain()) {
      if (effect.kind === 'send') this.port.send([effect]);
      else this.onProof(effect.peerId, effect.address);
    }
    clearTimeout(this.timer);
    const due = this.prober.nextTimeout();
    if (due === undefined) return;
    this.timer = setTimeout(this.wake, Math.max(0, Math.ceil((due - monotonicMicros()) / 1_000))).unref();
  }
}
