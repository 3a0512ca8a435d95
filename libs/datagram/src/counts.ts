import type { DatagramFaultKind } from './faults';

/** What a port did in some time: plain numbers, so that a thread can post them. */
export interface DatagramCounts {
  readonly receivedDatagrams: number;
  readonly receivedBytes: number;
  /** Taken by the kernel, or by the bounded queue before it. */
  readonly sentDatagrams: number;
  readonly sentBytes: number;
  readonly faults: Readonly<Record<DatagramFaultKind, number>>;
}

/** Counts what a port does, until the counts are taken. */
export class DatagramTally {
  private receivedDatagrams = 0;
  private receivedBytes = 0;
  private sentDatagrams = 0;
  private sentBytes = 0;
  private faults = noFaults();

  received(bytes: number): void {
    this.receivedDatagrams++;
    this.receivedBytes += bytes;
  }

  sent(bytes: number): void {
    this.sentMany(1, bytes);
  }

  sentMany(datagrams: number, bytes: number): void {
    this.sentDatagrams += datagrams;
    this.sentBytes += bytes;
  }

  failed(kind: DatagramFaultKind): void {
    this.faults[kind]++;
  }

  /** The counts since the last call. */
  take(): DatagramCounts {
    const { receivedDatagrams, receivedBytes, sentDatagrams, sentBytes, faults } = this;
    this.receivedDatagrams = this.receivedBytes = this.sentDatagrams = this.sentBytes = 0;
    this.faults = noFaults();
    return { receivedDatagrams, receivedBytes, sentDatagrams, sentBytes, faults };
  }
}

function noFaults(): Record<DatagramFaultKind, number> {
  return {
    refused: 0,
    'too-large': 0,
    unreachable: 0,
    'no-buffers': 0,
    denied: 0,
    'address-invalid': 0,
    'queue-full': 0,
    closed: 0,
    other: 0,
  };
}
