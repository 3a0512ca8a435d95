import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { serviceEnvironment } from '@weir/config';
import { machineMicros, notifyService } from '@weir/datagram';
import { PeerService } from '@weir/peer';
import { endProcess } from '@weir/store';
import { ReadinessRegistry } from '@weir/telemetry';
import { Supervisor } from './supervisor';

/**
 * Milliseconds that closing all of it may take, and that the process then has to end by itself: less than the 20 seconds after which
 * the service manager kills it. What a disk holds up may be waited for by anybody, as by who asked to have something removed.
 */
const closeMillisMax = 18_000;
const endMillisMax = 1_000;

/** The appliance as its service manager sees it; without one, nothing. */
@Injectable()
export class SupervisionService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(SupervisionService.name);
  private readonly supervisor: Supervisor | undefined;

  constructor(
    private readonly peer: PeerService,
    private readonly readiness: ReadinessRegistry,
  ) {
    const environment = serviceEnvironment();
    if (environment === undefined) return;
    const { socket, watchdogMicros } = environment;
    const manager = { watchdogMicros, notify: (text: string) => notifyService(socket, text) };
    this.supervisor = new Supervisor(manager, {
      silence: () => this.peer.pulse.slowest(machineMicros()),
      summary: () => this.summary(),
      warn: (message) => {
        this.logger.warn(message);
      },
    });
  }

  /** To be called when all is open that the appliance listens on. */
  ready(): void {
    if (this.supervisor?.ready() === false)
      this.logger.warn(
        'the service manager cannot be told that we are ready: native sockets are missing, or it is gone',
      );
  }

  /** To be called before anything of it is closed: however the disk does, the process ends in time. */
  stop(): void {
    this.supervisor?.stop();
    endWithin(closeMillisMax);
  }

  /** To be called when all of it is closed: threads that a disk holds up do not keep the process from its end. */
  over(): void {
    endWithin(endMillisMax);
  }

  beforeApplicationShutdown(): void {
    this.supervisor?.end();
  }

  /** A service that runs need not be ready: what it lacks is for its operator to read. */
  private summary(): string {
    const unmet = this.readiness.conditions().filter(({ ready }) => !ready);
    return unmet.length === 0 ? 'ready' : `not ready: ${unmet.map(({ name }) => name).join(', ')}; see /readyz`;
  }
}

function endWithin(millis: number): void {
  setTimeout(() => endProcess(0), millis).unref();
}
