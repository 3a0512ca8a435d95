import { CacheError, type Address } from '@weir/ppspp';

/** Why a port could not be opened. */
export type DatagramErrorCode =
  | 'DATAGRAM_ADDRESS_IN_USE'
  | 'DATAGRAM_ADDRESS_NOT_LOCAL'
  | 'DATAGRAM_ADDRESS_DENIED'
  | 'DATAGRAM_ADDRESS_INVALID'
  | 'DATAGRAM_PRIVILEGE_MISSING'
  | 'DATAGRAM_NATIVE_UNAVAILABLE'
  | 'DATAGRAM_SOCKET_FAILED';

/** A port could not be opened. Nothing is thrown for what happens to an open one. */
export class DatagramError extends CacheError<DatagramErrorCode> {}

interface Explanation {
  readonly code: DatagramErrorCode;
  readonly because: string;
}

const explanations: Readonly<Record<string, Explanation>> = {
  EADDRINUSE: {
    code: 'DATAGRAM_ADDRESS_IN_USE',
    because: 'another process has it; stop that process or choose another port',
  },
  EADDRNOTAVAIL: {
    code: 'DATAGRAM_ADDRESS_NOT_LOCAL',
    because: 'this machine has no such address; choose one of its own, or 0.0.0.0 or [::] for all of them',
  },
  EACCES: {
    code: 'DATAGRAM_ADDRESS_DENIED',
    because: 'a port below 1024 needs CAP_NET_BIND_SERVICE; choose a higher one',
  },
  EPERM: {
    code: 'DATAGRAM_PRIVILEGE_MISSING',
    because: 'a transparent or marked socket needs CAP_NET_ADMIN; give it to the process, or turn interception off',
  },
  EAFNOSUPPORT: {
    code: 'DATAGRAM_ADDRESS_NOT_LOCAL',
    because: 'this machine does not speak its address family; for IPv4 alone listen on 0.0.0.0',
  },
};

/** Why the platform did not let us have an address: its own error, or one like it. */
export interface OpeningFailure {
  readonly code?: string | undefined;
  readonly message: string;
}

/** The error for an address that we did not get, with a remedy; `task` tells what it was wanted for. */
export function openingFailed(address: Address, cause: OpeningFailure, task = 'listen on UDP'): DatagramError {
  const { code, because } = explanations[cause.code ?? ''] ?? {
    code: 'DATAGRAM_SOCKET_FAILED',
    because: cause.message,
  };
  const { ip, port } = address;
  const message = `cannot ${task} ${hostPort(address)}: ${because}`;
  return new DatagramError(code, message, { ip, port }, { cause });
}

/** The error for what only the native addon can do. */
export function nativeUnavailable(reason: string): DatagramError {
  return new DatagramError('DATAGRAM_NATIVE_UNAVAILABLE', `native UDP sockets are not available: ${reason}`);
}

/** The error for an address that is none. */
export function addressInvalid(address: Address): DatagramError {
  const { ip, port } = address;
  const message = `cannot listen on UDP ${hostPort(address)}: the address must be numeric, the port 0 to 65535`;
  return new DatagramError('DATAGRAM_ADDRESS_INVALID', message, { ip, port });
}

/** An address as it stands in a message. */
export function hostPort({ ip, port }: Address): string {
  return ip.includes(':') ? `[${ip}]:${String(port)}` : `${ip}:${String(port)}`;
}
