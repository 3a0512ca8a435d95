import type { Address } from './address';

/** Characters of the longest address: IPv6 with the name of an interface behind it. */
const ipCharsMax = 64;

/** An address, or none, for each of so many places, in memory that is allocated once. */
export class AddressColumn {
  private readonly ports: Uint16Array;
  private readonly ipLengths: Uint8Array;
  private readonly ips: Uint8Array;

  constructor(places: number) {
    this.ports = new Uint16Array(places);
    this.ipLengths = new Uint8Array(places);
    this.ips = new Uint8Array(places * ipCharsMax);
  }

  isAt(place: number, address: Address | undefined): boolean {
    const { ip, port } = address ?? none;
    if (this.ports[place] !== port || this.ipLengths[place] !== ip.length) return false;
    const start = place * ipCharsMax;
    for (let at = 0; at < ip.length; at++) if (this.ips[start + at] !== ip.charCodeAt(at)) return false;
    return true;
  }

  write(place: number, address: Address | undefined): void {
    const { ip, port } = address ?? none;
    this.ports[place] = port;
    this.ipLengths[place] = Math.min(ip.length, ipCharsMax);
    for (let at = 0; at < ip.length && at < ipCharsMax; at++) this.ips[place * ipCharsMax + at] = ip.charCodeAt(at);
  }

  read(place: number): Address | undefined {
    const start = place * ipCharsMax;
    const length = this.ipLengths[place] ?? 0;
    if (length === 0) return undefined;
    return { ip: String.fromCharCode(...this.ips.subarray(start, start + length)), port: this.ports[place] ?? 0 };
  }
}

const none: Address = { ip: '', port: 0 };
