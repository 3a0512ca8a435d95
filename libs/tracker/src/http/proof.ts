import type { IncomingMessage } from 'node:http';
import { type PeerCertificate, TLSSocket } from 'node:tls';

import type { DigestRealm } from '@weir/digest';
import type { Principal } from '@weir/ppstp';

/** What a request proves of who sent it. */
export interface Proof {
  /** Undefined if nothing was proved. */
  readonly principal?: Principal | undefined;
  /** Why what was sent proves nothing: `stale` has to be sent again with another nonce, `refused` is wrong. */
  readonly fault?: 'stale' | 'refused' | undefined;
  /** Value of Authentication-Info. */
  readonly info?: string | undefined;
}

const nothing: Proof = {};

/** Longest name of a principal: it is kept with each peer. */
const nameCharsMax = 128;

/** Finds out who sent requests: by HTTP Digest, or by the client certificate of their connection. */
export class Prover {
  /** Of connections, what their certificate proved: it is the same for all of their requests. */
  private readonly certified = new WeakMap<object, Proof>();

  /** `realm`: undefined where Digest is off. */
  constructor(private readonly realm: DigestRealm | undefined) {}

  /** Value of WWW-Authenticate; undefined if there is no way to prove anything by HTTP. */
  challenge(fault: Proof['fault']): string | undefined {
    return this.realm?.challenge({ stale: fault === 'stale' });
  }

  /** What is sent with the request goes before the connection's certificate, so that a proxy may have one of its own. */
  prove(request: IncomingMessage, body: string): Proof {
    const { method = '', url: uri = '', headers, socket } = request;
    if (this.realm !== undefined && headers.authorization !== undefined) {
      const verified = this.realm.verify({ method, uri, authorization: headers.authorization, body });
      if (verified.ok) return { principal: { name: verified.user, via: 'digest' }, info: verified.info };
      if (verified.reason !== 'missing') return { fault: verified.reason };
    }
    return socket instanceof TLSSocket ? this.byCertificate(socket) : nothing;
  }

  private byCertificate(socket: TLSSocket): Proof {
    const known = this.certified.get(socket);
    if (known !== undefined) return known;
    const name = socket.authorized ? subjectOf(socket.getPeerCertificate()) : undefined;
    const proof: Proof = name === undefined ? nothing : { principal: { name, via: 'certificate' } };
    this.certified.set(socket, proof);
    return proof;
  }
}

/**
 * The name of a certificate's subject: its one common name, or else its first alternative name that is a DNS name, a URI or
 * an e-mail address. Undefined for a name that could be taken for another's.
 */
export function subjectOf({ subject, subjectaltname = '' }: Partial<PeerCertificate>): string | undefined {
  const commonName: unknown = subject?.CN;
  const [, alternative] = /(?:^|, )(?:DNS|URI|email):([^",]+)(?:,|$)/.exec(subjectaltname) ?? [];
  const name = commonName ?? alternative;
  return typeof name === 'string' && name.length <= nameCharsMax && /^[^\p{C}]+$/u.test(name) ? name : undefined;
}
