import type { Address } from '@weir/ppspp';

/**
 * Why a datagram was not sent. A closed set, so that it can label a metric.
 *
 * `refused`, nobody listens there; `too-large`, more than the path or UDP takes; `unreachable`, no route, or a family
 * that the socket does not speak; `no-buffers`, the kernel is out of them; `denied`, a firewall or the kernel forbids
 * it; `address-invalid`, no numeric address or no port; `queue-full`, more waits already than we keep; `closed`, the
 * port is not open; `other`, none of these.
 */
export const datagramFaultKinds = [
  'refused',
  'too-large',
  'unreachable',
  'no-buffers',
  'denied',
  'address-invalid',
  'queue-full',
  'closed',
  'other',
] as const;

/** One of `datagramFaultKinds`. */
export type DatagramFaultKind = (typeof datagramFaultKinds)[number];

/** A datagram that was not sent, or, with `to` undefined, trouble of the socket that belongs to none. */
export interface DatagramFault {
  readonly kind: DatagramFaultKind;
  readonly to: Address | undefined;
}

const kindOfCode: Readonly<Record<string, DatagramFaultKind>> = {
  ECONNREFUSED: 'refused',
  EMSGSIZE: 'too-large',
  EADDRNOTAVAIL: 'unreachable',
  EAFNOSUPPORT: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  EAGAIN: 'no-buffers',
  ENOBUFS: 'no-buffers',
  ENOMEM: 'no-buffers',
  EACCES: 'denied',
  EPERM: 'denied',
  EINVAL: 'address-invalid',
  ECANCELED: 'closed',
};

/** The kind of a platform's error code. */
export function faultOfCode(code: string | undefined): DatagramFaultKind {
  return kindOfCode[code ?? ''] ?? 'other';
}
