import { machineMicros, PassingPort, signOfLifeMillis, type Datagram } from '@weir/datagram';
import type { Flow, Input, InputOf, Micros } from '@weir/ppspp';
import { Crossing } from './crossing';
import type { DatapathTask } from './datapath-messages';
import type { DatapathMetrics } from './datapath-metrics';
import { FlowKeeper } from './flow-keeper';
import type { LineEnd } from './handover';
import { LoadGauge } from './load-gauge';
import type { OwnAddresses } from './own-addresses';
import { Passer } from './passer';
import { Pulse } from './pulse';
import type { ThreadPorts } from './thread-ports';

/** What an entrance stands on. */
export interface EntranceParts {
  readonly task: Pick<DatapathTask, 'shard' | 'pulse' | 'lines'>;
  readonly own: OwnAddresses;
  readonly ports: ThreadPorts;
  readonly metrics: DatapathMetrics;
  /** Datagrams for the thread's own endpoint, with the time of their arrival. */
  readonly arrive: (datagram: InputOf<'datagram'>, arrival: Micros) => void;
  /** What else the endpoint has to know. */
  readonly input: (input: Input) => void;
  /** The thread lost its intercepted flows by itself. */
  readonly onFlowsLost: () => void;
}

/**
 * Stands between a thread's sockets and its endpoint: which thread's a datagram is, whether its flow is still ours, whether the
 * thread keeps up; and where intercepted datagrams leave that are none of ours.
 */
export class Entrance {
  private readonly flows: FlowKeeper;
  private readonly crossing: Crossing;
  private readonly passer: Passer | undefined;
  private readonly gauge = new LoadGauge();
  private timer: NodeJS.Timeout | undefined;
  private beatAt: Micros = 0;

  constructor(private readonly parts: EntranceParts) {
    const { task, own, ports, metrics, arrive: accept, input, onFlowsLost } = parts;
    const { shard, pulse } = task;
    this.flows = new FlowKeeper({
      thread: shard.index,
      pulse: new Pulse(shard.count, pulse),
      metrics,
      discard: () => this.discard(),
      onLost: (isOwnFault) => {
        input({ kind: 'flows-lost' });
        if (isOwnFault) onFlowsLost();
      },
    });
    const { flows } = this;
    this.crossing = new Crossing({ shard, servicePorts: ports.service.length, own, flows, metrics, accept });
    for (const line of task.lines) this.crossing.connect(line);
    const isIntercepting = ports.intercepting.length > 0;
    this.passer = isIntercepting ? new Passer((mark) => new PassingPort(mark), own, metrics) : undefined;
  }

  /** Call when the sockets are open. Throws a `DatagramError`. */
  start(): void {
    this.passer?.open();
    // What waits there was meant for a thread that is gone, and so is what it knew of the flows.
    this.discard();
    this.beatAt = machineMicros();
    this.flows.sign();
    this.timer = setInterval(() => {
      this.beat();
    }, signOfLifeMillis);
  }

  /** Takes what came in by a socket. */
  sort(batch: readonly Datagram[], port: number): void {
    this.crossing.take(batch, port);
  }

  /** Lets an intercepted datagram go on that is none of ours. */
  pass({ from, origin, bytes }: InputOf<'datagram'>, flow: Flow): void {
    if (origin !== undefined) this.passer?.pass({ from, origin, bytes }, flow);
  }

  /** See `Crossing.connect`. */
  connect(line: LineEnd): void {
    this.crossing.connect(line);
  }

  close(): void {
    clearInterval(this.timer);
    this.crossing.close();
    this.passer?.close();
  }

  private beat(): void {
    const now = machineMicros();
    this.weigh(now - this.beatAt - signOfLifeMillis * 1_000);
    this.beatAt = now;
    this.flows.sign();
  }

  private weigh(lateness: Micros): void {
    const { metrics, task, input } = this.parts;
    const isNews = this.gauge.note(lateness);
    const { overloaded, lag } = this.gauge;
    metrics.lag.set({ thread: task.shard.index }, lag / 1_000_000);
    if (!isNews) return;
    if (overloaded) metrics.overloads.inc();
    metrics.overloaded.set(overloaded ? 1 : 0);
    input({ kind: 'overload', overloaded });
  }

  private discard(): number {
    return this.parts.ports.intercepting.reduce((count, port) => count + port.discard(), 0);
  }
}
