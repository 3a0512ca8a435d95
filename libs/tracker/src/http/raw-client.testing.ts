import { connect, type Socket } from 'node:net';

/** A client over a bare socket: what it sends, and when, is up to the test. */
export class RawClient {
  /** All that came back. */
  text = '';
  readonly closed: Promise<void>;
  private readonly socket: Socket;
  private wake = (): void => undefined;

  constructor(url: string, localAddress = '127.0.0.1') {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port), localAddress });
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => {
      this.text += text;
      this.wake();
    });
    this.socket.on('error', () => undefined);
    this.socket.once('close', () => this.wake());
  }

  get isClosed(): boolean {
    return this.socket.destroyed;
  }

  get connected(): Promise<void> {
    return new Promise((resolve) => this.socket.once('connect', resolve));
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Sends one piece after the other for as long as the connection lasts. */
  async trickle(piece: string): Promise<void> {
    while (this.socket.writable) {
      await new Promise<void>((resolve) => this.socket.write(piece, 'latin1', () => resolve()));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Waits until what came back matches, or the connection ends. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text) && !this.socket.destroyed) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    return this.text;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** A request as it goes over the wire. */
export function posted(body: string, fields: readonly string[] = []): string {
  return head([`Content-Length: ${String(body.length)}`, ...fields]) + body;
}

/** The header of a request to `/`. */
export function head(fields: readonly string[], line = 'POST / HTTP/1.1'): string {
  return [line, 'Host: tracker', 'Content-Type: application/ppsp-tracker+json', ...fields, '', ''].join('\r\n');
}
