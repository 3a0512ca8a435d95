import { faultOfCode, type DatagramFaultKind } from './faults';

const examples: [string | undefined, DatagramFaultKind][] = [
  ['ECONNREFUSED', 'refused'],
  ['EMSGSIZE', 'too-large'],
  ['ENETUNREACH', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENOBUFS', 'no-buffers'],
  ['EPERM', 'denied'],
  ['EINVAL', 'address-invalid'],
  ['EIO', 'other'],
  [undefined, 'other'],
];

it.each(examples)('counts %s as %s', (code, kind) => {
  expect(faultOfCode(code)).toBe(kind);
});
