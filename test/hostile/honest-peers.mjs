// Peers that come in the midst of it, a round trip of 100 ms away, and want a chunk.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { clearTimeout, setTimeout } from 'node:timers';
import ppspp from '../../dist/libs/ppspp/src/index.js';
import { dialect, opening } from './words.mjs';

const { decodeDatagram, encodeDatagram } = ppspp;
const roundTripMillis = 100;
const patienceMillis = 1_000;
const triesMax = 10;

export class HonestPeers {
  #coming = [];

  constructor(to) {
    this.to = to;
  }

  /** One more comes. */
  come() {
    this.#coming.push(this.#come(this.#coming.length + 1));
  }

  /** How often each had to say HANDSHAKE until it got its chunk. */
  served() {
    return Promise.all(this.#coming);
  }

  async #come(host) {
    const socket = createSocket('udp4');
    socket.bind(0, `127.64.0.${host}`);
    await once(socket, 'listening');
    let tries = 0;
    let isServed = false;
    while (!isServed && tries < triesMax) isServed = await this.#try(socket, ++tries);
    socket.close();
    return isServed ? tries : Number.POSITIVE_INFINITY;
  }

  async #try(socket, channel) {
    const answers = new Inbox(socket);
    socket.send(opening(this.to.swarmId, channel), this.to.port, this.to.ip);
    const answer = await answers.first(({ type }) => type === 'handshake');
    if (answer === undefined) return false;
    await new Promise((resolve) => setTimeout(resolve, roundTripMillis));
    const request = { type: 'request', range: { first: 0, last: 0 } };
    socket.send(encodeDatagram(answer.channel, [request], dialect), this.to.port, this.to.ip);
    return (await answers.first(({ type }) => type === 'data')) !== undefined;
  }
}

class Inbox {
  constructor(socket) {
    this.socket = socket;
  }

  /** The first message of its kind, or undefined if none comes in time. */
  first(isWanted) {
    return new Promise((resolve) => {
      const hear = (bytes) => {
        const found = decodeDatagram(bytes, dialect).messages.find(isWanted);
        if (found !== undefined) settle(found);
      };
      const settle = (found) => {
        clearTimeout(timer);
        this.socket.off('message', hear);
        resolve(found);
      };
      const timer = setTimeout(settle, patienceMillis, undefined);
      this.socket.on('message', hear);
    });
  }
}
