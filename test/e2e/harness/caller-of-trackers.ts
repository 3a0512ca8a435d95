import { decodeResponse, encodeRequest, type Request, type Response } from '@weir/ppstp';
import { HttpExchange, systemClock } from '@weir/registration';
import type { Stage } from './stage';

/** A peer that says what a test wants it to say to a tracker, from an address of its own. */
export class TrackerCaller {
  private transactions = 0;

  private constructor(
    private readonly exchange: HttpExchange,
    private readonly peerId: string,
  ) {}

  static at(stage: Stage, url: string, ip: string, peerId = ip): TrackerCaller {
    const exchange = new HttpExchange({ url, requestMillis: 5_000, localAddress: ip }, systemClock);
    stage.onEnd(() => exchange.close());
    return new TrackerCaller(exchange, peerId);
  }

  /** Joins or leaves a swarm, under a peer ID that is its own unless another is named. */
  connect(action: 'JOIN' | 'LEAVE', swarmId: string, peerId = this.peerId): Promise<Response> {
    const address = { ip: this.peerId, port: 6778, priority: 1, type: 'HOST' } as const;
    const actions = [{ swarmId, action, mode: 'LEECH' }] as const;
    return this.ask({ type: 'CONNECT', ...this.ids(peerId), addresses: [address], actions });
  }

  /** Says that it is there. */
  report(): Promise<Response> {
    return this.ask({ type: 'STAT_REPORT', ...this.ids(this.peerId), stats: [] });
  }

  private ids(peerId: string) {
    return { transactionId: String(++this.transactions), peerId };
  }

  private async ask(request: Request): Promise<Response> {
    const answer = await this.exchange.post(encodeRequest(request), AbortSignal.timeout(10_000));
    if (!answer.ok) throw new Error(answer.reason);
    const decoded = decodeResponse(answer.text);
    if (decoded.ok) return decoded.message;
    throw new Error(`the tracker's answer is ${decoded.fault}`);
  }
}
