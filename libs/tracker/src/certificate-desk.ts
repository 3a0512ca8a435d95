import { memberName, parseMemberName, type Member } from '@weir/membership';
import { limits as messageLimits } from '@weir/ppstp';
import { limits } from './limits';

/** Who signs: `MembershipIssuer`, or what stands for it. */
export interface Issuer {
  /** For how long what it issues is valid. */
  readonly lifetimeMillis: number;
  issue(member: Member, now: Date): Promise<Uint8Array>;
}

/** What became of a wish for a certificate: `refused` over the rate, `failed` if it could not be made, or is too large to send. */
export type CertificateOutcome = 'issued' | 'repeated' | 'refused' | 'failed';

interface Held {
  readonly issuedAt: number;
  readonly certificate: Promise<Uint8Array | undefined>;
}

/** Gives members their certificates: one for half of its life, at a bounded rate. RFC 7574 section 12.2.2. */
export class CertificateDesk {
  /** By the name that is certified, the oldest first. */
  private readonly held = new Map<string, Held>();
  /** Issued in this second, by IP address. */
  private readonly issued = new Map<string, number>();
  private issuedCount = 0;
  private second = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly issuer: Issuer,
    private readonly observe: (outcome: CertificateOutcome) => void = () => undefined,
    private readonly nowMillis: () => number = Date.now,
  ) {}

  /**
   * A certificate for a member that was proved to be where it says. `asked`: by joining; else only what is new, so that
   * reports renew it long before it ends. Undefined if there is none to give. Never rejects.
   */
  async certify(member: Member, asked: boolean): Promise<Uint8Array | undefined> {
    const name = memberName(member);
    if (parseMemberName(name) === undefined) return undefined;
    const now = this.nowMillis();
    const held = this.held.get(name);
    if (held === undefined || now - held.issuedAt >= this.issuer.lifetimeMillis / 2) return this.issue(member, name);
    if (!asked && now - held.issuedAt >= limits.repeatMillis) return undefined;
    this.observe('repeated');
    return held.certificate;
  }

  private issue(member: Member, name: string): Promise<Uint8Array | undefined> | undefined {
    const now = this.nowMillis();
    if (!this.mayIssue(member.address.ip, now)) {
      this.observe('refused');
      return undefined;
    }
    this.held.delete(name);
    const [oldest] = this.held.keys();
    if (this.held.size >= limits.certificatesMax && oldest !== undefined) this.held.delete(oldest);
    const certificate = this.sign(member, now);
    this.held.set(name, { issuedAt: now, certificate });
    return certificate;
  }

  private async sign(member: Member, now: number): Promise<Uint8Array | undefined> {
    const certificate = await this.issuer.issue(member, new Date(now)).catch(() => undefined);
    const isSendable = certificate !== undefined && certificate.length <= messageLimits.certificateBytesMax;
    this.observe(isSendable ? 'issued' : 'failed');
    return isSendable ? certificate : undefined;
  }

  private mayIssue(ip: string, now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.second) {
      this.second = second;
      this.issued.clear();
      this.issuedCount = 0;
    }
    const count = this.issued.get(ip) ?? 0;
    if (this.issuedCount >= limits.issuedPerSecondMax || count >= limits.issuedPerAddressMax) return false;
    this.issued.set(ip, count + 1);
    this.issuedCount++;
    return true;
  }
}
