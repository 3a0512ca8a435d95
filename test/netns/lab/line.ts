// A long line, on a router: all UDP that crosses it is late, and some of it is lost. A kernel's netem does that better, but
// many kernels are built without it. Arguments: milliseconds of delay, share that is lost, Mbit/s, each for either direction.
import { argv, stdout } from 'node:process';
import { monotonicMicros, NativePort, seededRandom, type Datagram } from '@weir/datagram';

/** Where the rules divert to. */
const port = 9_000;
/** Octets that wait where the line is slower than who sends: a tenth of a second of it, as routers have. */
const queueSeconds = 0.1;

const [, , delayMillis = '0', loss = '0', mbits = '1000', seed = '1'] = argv;
const delay = Number(delayMillis) * 1_000;
const octetsPerMicro = Number(mbits) / 8;

/** One direction: first in, first out. */
class Direction {
  private readonly waiting: { readonly datagram: Datagram; readonly at: number }[] = [];
  private free = 0;

  take(datagram: Datagram, now: number): void {
    const begin = Math.max(now, this.free);
    if (begin - now > queueSeconds * 1e6) return;
    this.free = begin + datagram.bytes.length / octetsPerMicro;
    this.waiting.push({ datagram, at: this.free + delay });
  }

  /** What has arrived at the other end by now. */
  due(now: number): Datagram[] {
    const found = this.waiting.findIndex(({ at }) => at > now);
    return this.waiting.splice(0, found === -1 ? this.waiting.length : found).map(({ datagram }) => datagram);
  }

  get next(): number | undefined {
    return this.waiting[0]?.at;
  }
}

/** The same datagrams are lost in each run, as far as the same are sent. */
const dice = seededRandom(Number(seed));

async function main(): Promise<void> {
  const directions = new Map<boolean, Direction>();
  const line = new NativePort({ ip: '::', port }, { transparent: true });
  let timer: NodeJS.Timeout | undefined;

  const deliver = (): void => {
    const due = [...directions.values()].flatMap((direction) => direction.due(monotonicMicros()));
    if (due.length > 0) line.send(due.map(({ from, to, bytes }) => ({ from, to, bytes })));
    const next = Math.min(...[...directions.values()].map((direction) => direction.next ?? Infinity));
    timer = next === Infinity ? undefined : setTimeout(deliver, Math.max(0, (next - monotonicMicros()) / 1_000));
  };

  await line.open(
    (batch) => {
      for (const datagram of batch) {
        const inward = isInside(datagram.to.ip);
        const direction = directions.get(inward) ?? new Direction();
        directions.set(inward, direction);
        if (dice() >= Number(loss)) direction.take(datagram, monotonicMicros());
      }
      if (timer === undefined) deliver();
    },
    () => undefined,
  );
  stdout.write('ready\n');
}

/** By the lab's address plan: subscribers, and links between routers. */
function isInside(ip: string): boolean {
  return ['100.64.', '192.0.2.', '2001:db8:64:', '2001:db8:2:'].some((prefix) => ip.startsWith(prefix));
}

void main();
