import { createSocket } from 'node:dgram';
import { argv, exit, stdin, stdout } from 'node:process';
import { machineMicros, NativePort } from '@weir/datagram';
import { Heartbeat } from '../heart/heartbeat';
import { runTool } from '../kernel/tool';
import { probeInterface } from '../rules/names';

/** Milliseconds from one HANDSHAKE to the next: how exactly a gap is measured. */
const sendMillis = 50;

/** Where the number of a HANDSHAKE stands in it: in the place of its sender's channel ID. RFC 7574 section 8.4. */
const numberAt = 5;

/** What a program of the test says, a line of JSON each. `at`: `machineMicros`. */
export interface ProbeEvent {
  readonly kind: 'ready' | 'sent' | 'heard' | 'answered';
  /** The number of a HANDSHAKE. */
  readonly handshake: number;
  readonly at: number;
}

function tell(kind: ProbeEvent['kind'], handshake: number): void {
  const event: ProbeEvent = { kind, handshake, at: machineMicros() };
  stdout.write(`${JSON.stringify(event)}\n`);
}

/** Channel 0, message type 0, the sender's channel ID, the options version 1 and end. RFC 7574 sections 7.2, 7.11 and 8.4. */
function handshakeOf(handshake: number): Buffer {
  const bytes = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 255]);
  bytes.writeUInt32BE(handshake, numberAt);
  return bytes;
}

function numberOf(bytes: Uint8Array): number {
  return bytes.length < numberAt + 4 ? 0 : Buffer.from(bytes).readUInt32BE(numberAt);
}

/** In the place of the appliance: keeps an epoch for the test's interface, and answers what is diverted to it. */
async function keep(port: number): Promise<void> {
  const socket = new NativePort({ ip: '127.0.0.1', port }, { transparent: true });
  await socket.open(
    (batch) => {
      for (const { bytes } of batch) tell('heard', numberOf(bytes));
      socket.send(batch.map(({ from, to, bytes }) => ({ to: from, from: to, bytes })));
    },
    () => undefined,
  );
  const pulse = { slowest: () => 0, revoke: () => undefined };
  const heartbeat = new Heartbeat({ interfaces: [probeInterface], pulse, run: runTool, now: machineMicros });
  heartbeat.start();
  tell('ready', 0);
}

/** In the place of a subscriber: one HANDSHAKE after another, each from a fresh port. */
function send(ip: string, port: number): void {
  let handshake = 0;
  setInterval(() => {
    handshake++;
    const number = handshake;
    const socket = createSocket('udp4');
    socket.on('error', () => undefined);
    socket.on('message', () => tell('answered', number));
    socket.send(handshakeOf(number), port, ip, () => tell('sent', number));
    setTimeout(() => socket.close(), sendMillis * 4);
  }, sendMillis);
  tell('ready', 0);
}

/** In the place of a peer far away: tells what reaches it. */
function hear(port: number): void {
  const socket = createSocket('udp4');
  socket.on('message', (bytes) => tell('heard', numberOf(bytes)));
  socket.bind(port, () => tell('ready', 0));
}

const [, , role, ip = '', port = ''] = argv;
// Whoever started us is gone: what we hold is needed by the next test.
stdin.on('end', () => exit(0)).resume();
if (role === 'keep') void keep(Number(port));
if (role === 'send') send(ip, Number(port));
if (role === 'hear') hear(Number(port));
