// The side that asks, a process of its own: sockets that are kept, one request at a time on each, prepared bytes.
// Takes `{ url, kind, seconds, swarmId, fresh }` over IPC, answers with what it measured.
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { cpuUsage } from 'node:process';
import { connect as connectTls } from 'node:tls';
import { askingPeerId, connections, kindsOf, peersPerConnection, PreparedRequest, sourceOf } from './requests.mjs';

const headEnd = Buffer.from('\r\n\r\n');
const noError = Buffer.from('"error_code":0');
const headCharsLooked = 256;
const lengthField = /\r\ncontent-length: (\d+)/i;
/** Another for each process: a transaction ID must not come twice to one tracker. */
let transactions = Date.now() * 1_000;

/** One connection: asks, reads the answer, asks again, until it is told to stop. */
class Asker {
  answers = 0;
  faults = 0;
  bytes = 0;

  constructor(order, number) {
    this.order = order;
    this.source = sourceOf(number);
    const peers = Array.from({ length: peersPerConnection }, (_, place) => askingPeerId(number, place));
    const { url, kind, swarmId } = order;
    this.requests = kindsOf(kind).flatMap((each) =>
      peers.map((peerId) => new PreparedRequest(url, each, { peerId, ip: this.source, swarmId })),
    );
    // Connections are not all at the same place of what they ask.
    this.next = number * peersPerConnection;
    this.partial = [];
  }

  async run(until) {
    this.until = until;
    const ended = new Promise((resolve) => (this.finish = resolve));
    this.open();
    await ended;
  }

  open() {
    const { protocol, hostname, port } = new URL(this.order.url);
    const where = { host: hostname, port: Number(port), localAddress: this.source, noDelay: true };
    // A benchmark's own server on loopback, with a certificate of a moment.
    this.socket = protocol === 'https:' ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where);
    this.socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => this.ask());
    this.socket.on('data', (bytes) => this.read(bytes));
    this.socket.once('error', () => this.faults++);
    this.socket.once('close', () => this.closed());
  }

  ask() {
    if (performance.now() >= this.until) {
      this.socket.end();
      return;
    }
    const request = this.requests[this.next++ % this.requests.length];
    this.socket.write(request.stamp(transactions++));
  }

  /** An answer is nearly always in one piece. */
  read(bytes) {
    this.bytes += bytes.length;
    if (this.partial.length > 0) this.partial.push(bytes);
    const all = this.partial.length > 0 ? Buffer.concat(this.partial) : bytes;
    if (all.length < wholeLength(all)) {
      this.partial = [all];
      return;
    }
    this.partial = [];
    this.answered(all);
  }

  answered(answer) {
    if (performance.now() < this.until) this.answers++;
    const isRight = answer[9] === 0x32 && (this.order.kind === 'hello' || answer.includes(noError));
    if (!isRight) this.faults++;
    // A tracker closes connections after a while, so that their peers are counted again.
    if (this.order.fresh || answer.toString('latin1', 0, headCharsLooked).includes('onnection: close'))
      this.socket.end();
    else this.ask();
  }

  closed() {
    if (performance.now() < this.until) this.open();
    else this.finish();
  }
}

function wholeLength(bytes) {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return Infinity;
  const [, length = '0'] = lengthField.exec(bytes.toString('latin1', 0, end)) ?? [];
  return end + headEnd.length + Number(length);
}

async function run(order) {
  const askers = Array.from({ length: connections }, (_, number) => new Asker(order, number));
  const [begun, cpu] = [performance.now(), cpuUsage()];
  await Promise.all(askers.map((asker) => asker.run(begun + order.seconds * 1_000)));
  const seconds = (performance.now() - begun) / 1_000;
  const { user, system } = cpuUsage(cpu);
  const sum = (figure) => askers.reduce((total, asker) => total + figure(asker), 0);
  return {
    answers: sum(({ answers }) => answers),
    faults: sum(({ faults }) => faults),
    bytes: sum(({ bytes }) => bytes),
    seconds,
    cpuSeconds: (user + system) / 1e6,
  };
}

process.on('message', (order) => void run(order).then((result) => process.send(result)));
// Nobody is left to answer.
process.once('disconnect', () => process.exit());
