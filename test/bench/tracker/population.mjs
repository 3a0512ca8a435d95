// Peers put into a tracker by its own code, in its process: over HTTP a million would take minutes.
import ppstp from '../../../dist/libs/ppstp/src/index.js';
import { askingPeerId, connections, messageOf, peersPerConnection, sourceOf } from './requests.mjs';

const { encodeResponse } = ppstp;

/** Peers in each swarm but the large one; those who ask are in the first as well. */
const smallSwarm = 100;
const answersTimed = 20_000;

export const largeSwarmId = 'aa'.repeat(32);
export const smallSwarmId = swarmIdOf(0);

export class Population {
  count = 0;
  transactions = 0;

  constructor(tracker) {
    this.tracker = tracker;
  }

  /** As many peers in all, half of them in the large swarm, the others in small ones. One in five is a SEEDER. */
  growTo(total) {
    if (this.count === 0) this.addAsking();
    for (; this.count < total; this.count++) {
      const number = this.count;
      const swarmId = number % 2 === 0 ? largeSwarmId : swarmIdOf(Math.floor(number / 2 / smallSwarm));
      this.join({ peerId: peerIdOf(number), ip: ipOf(number), swarmId }, number % 5 === 0 ? 'SEEDER' : 'LEECH');
    }
  }

  /** CPU microseconds for the answer to a FIND, without HTTP and without reading the request. */
  microsToFind(swarmId) {
    const message = messageOf('find', { peerId: askingPeerId(0, 0), swarmId });
    const from = { ip: sourceOf(0), port: 7000 };
    const answer = () => encodeResponse(this.tracker.handle(message, { now: micros(), from }));
    for (let at = 0; at < answersTimed; at++) answer();
    const { user, system } = process.cpuUsage();
    for (let at = 0; at < answersTimed; at++) answer();
    const after = process.cpuUsage();
    return (after.user + after.system - user - system) / answersTimed;
  }

  /** Those who ask are in a small swarm and in the large one, or they would be refused. */
  addAsking() {
    for (let connection = 0; connection < connections; connection++) {
      for (let place = 0; place < peersPerConnection; place++) {
        const peer = { peerId: askingPeerId(connection, place), ip: sourceOf(connection) };
        this.join({ ...peer, swarmId: smallSwarmId });
        this.join({ ...peer, swarmId: largeSwarmId });
        this.count++;
      }
    }
  }

  join(peer, mode = 'LEECH') {
    const message = messageOf('connect', peer);
    const [action] = message.actions;
    const request = {
      ...message,
      transactionId: String(this.transactions++),
      peerNumber: { peerCount: 1 },
      actions: [{ ...action, mode }],
    };
    const { errorCode } = this.tracker.handle(request, { now: micros(), from: { ip: peer.ip, port: 7000 } });
    if (errorCode !== 0) throw new Error(`the tracker answered ${errorCode} to peer ${this.count}`);
  }
}

function peerIdOf(number) {
  return number.toString(16).padStart(32, '0');
}

function swarmIdOf(number) {
  return `bb${number.toString(16)}`.padEnd(64, 'b');
}

/** Spread over 2^20 addresses in 4,096 IPv4 /24s from 20.0.0.0 on. */
function ipOf(number) {
  const spread = Math.imul(number, 0x9e3779b1) >>> 12;
  return `20.${spread >> 16}.${(spread >> 8) & 255}.${spread & 255}`;
}

/** As the tracker's own clock has it. */
function micros() {
  return Math.round(performance.now() * 1_000);
}
