import type { Transfer, TransferExchange } from '@weir/peer';
import type { Terminal } from '../terminal/terminal';
import type { AnnouncementPlan } from './announcement';

/** Has trackers told what is transferred, and takes the certificates they issue, if certificates are exchanged at all. */
export function memberOf(
  transfer: Pick<Transfer, 'certify' | 'totals'>,
  exchange: TransferExchange | undefined,
  terminal: Pick<Terminal, 'tell'>,
): Pick<AnnouncementPlan, 'onCertificate' | 'totals'> {
  const totals = (): ReturnType<Transfer['totals']> => transfer.totals();
  if (exchange?.verifier === undefined) return { totals };
  let isTold = false;
  const onCertificate = (certificate: Uint8Array): void => {
    const fault = transfer.certify(certificate);
    if (fault === undefined || isTold) return;
    isTold = true;
    terminal.tell(`the tracker's membership certificate is of no use (${fault}): is --membership-ca that tracker's?`);
  };
  return { totals, onCertificate };
}
