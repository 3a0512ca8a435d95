import { MembershipVerifier } from '@weir/membership';
import type { CertificateFault } from '@weir/ppspp';
import { memberOf } from './membership';

const certificate = Uint8Array.of(1);

function transferOf(fault: CertificateFault | undefined) {
  const given: Uint8Array[] = [];
  const certify = (one: Uint8Array): CertificateFault | undefined => {
    given.push(one);
    return fault;
  };
  return { given, certify, totals: () => ({ fetchedBytes: 1, servedBytes: 2 }) };
}

it('hands certificates to the transfer', () => {
  const transfer = transferOf(undefined);
  const told: string[] = [];
  const { onCertificate, totals } = memberOf(
    transfer,
    { verifier: new MembershipVerifier([]) },
    { tell: (line) => told.push(line) },
  );
  onCertificate?.(certificate);
  expect([transfer.given, told, totals?.()]).toEqual([[certificate], [], { fetchedBytes: 1, servedBytes: 2 }]);
});

it('tells once that one is of no use', () => {
  const told: string[] = [];
  const { onCertificate } = memberOf(
    transferOf('certificate-issuer'),
    { verifier: new MembershipVerifier([]) },
    { tell: (line) => told.push(line) },
  );
  onCertificate?.(certificate);
  onCertificate?.(certificate);
  expect(told).toEqual([expect.stringContaining('certificate-issuer')]);
});

it('takes none where none are exchanged', () => {
  expect(memberOf(transferOf(undefined), { plain: true }, { tell: () => undefined }).onCertificate).toBeUndefined();
  expect(memberOf(transferOf(undefined), undefined, { tell: () => undefined }).onCertificate).toBeUndefined();
});
