import { type DatagramPort } from '@weir/datagram';
import { decodeDatagram, type Address, type Dialect, type Message, type Micros } from '@weir/ppspp';
import type { World } from '../sim/world';

/** A datagram that arrived. */
export interface Heard {
  readonly at: Micros;
  readonly bytes: Uint8Array;
}

/** Widths of every conversation here: SHA-1 and 32-bit chunk ranges, with no chunk size that anybody named. */
export const foreignDialect: Dialect = { addressing: 'chunk32', hashBytes: 20, chunkSize: undefined };

/** A peer that is not ours, on the simulated network. */
export abstract class Outsider {
  /** All that arrived, in order. */
  readonly heard: Heard[] = [];
  private readonly port: DatagramPort;

  constructor(
    readonly world: World,
    readonly address: Address,
  ) {
    this.port = world.network.attach(address);
  }

  async open(): Promise<this> {
    await this.port.open(
      (batch) => {
        for (const { from, bytes } of batch) {
          this.heard.push({ at: this.world.now, bytes });
          this.receive(bytes, from);
        }
      },
      () => undefined,
    );
    return this;
  }

  /** Neither hears nor says anything any more. */
  vanish(): void {
    void this.port.close();
  }

  /** The messages of all datagrams so far, those of faulty ones up to the fault. */
  get messages(): Message[] {
    return this.heard.flatMap(({ bytes }) => decodeDatagram(bytes, foreignDialect).messages);
  }

  protected abstract receive(bytes: Uint8Array, from: Address): void;

  protected send(to: Address, bytes: Uint8Array): void {
    this.port.send([{ to, bytes }]);
  }
}
