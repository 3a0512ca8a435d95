// The flood: sockets at ever new addresses that say HANDSHAKE and never prove to be there.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { setImmediate } from 'node:timers';
import { socketState } from './proc.mjs';
import { opening } from './words.mjs';

/** Sockets at a time, and what each says before another takes its place. */
const socketsMax = 200;
const saidEach = 64;
const burst = 128;
/** More waiting than this makes the kernel drop: the flood is as fast as its target can hear. */
const queuedMax = 100_000;

export class Flood {
  arrived = 0;
  lost = 0;
  /** Answers that were longer than what they answered. */
  amplified = 0;
  #sent = 0;
  #lostBefore = 0;
  #sockets = [];

  /** `invented` is the share of handshakes for swarms that there are not. */
  constructor(to, invented) {
    this.to = to;
    this.invented = invented;
    this.template = Buffer.from(opening(to.swarmId, 1));
    this.swarmAt = this.template.indexOf(Buffer.from(to.swarmId, 'hex'));
    this.#lostBefore = socketState(to).lost;
  }

  /** Sends until so many arrived; `look` is told now and then how many did. */
  async send(count, look) {
    while (this.arrived < count) {
      await this.#refill();
      for (const one of this.#sockets) this.#say(one);
      // Lets answers in, and the kernel send.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#calm();
      look(this.arrived);
    }
    for (const { socket } of this.#sockets) socket.close();
  }

  #say(one) {
    for (let time = 0; time < burst / socketsMax + 1 && one.left > 0; time++, one.left--) {
      const bytes = Buffer.from(this.template);
      bytes.writeUInt32BE(one.left + 1, 5);
      if (Math.random() < this.invented) randomBytes(32).copy(bytes, this.swarmAt);
      one.socket.send(bytes, this.to.port, this.to.ip);
      this.#sent++;
    }
  }

  async #calm() {
    for (;;) {
      const { queued, lost } = socketState(this.to);
      this.lost = lost - this.#lostBefore;
      this.arrived = this.#sent - this.lost;
      if (queued < queuedMax) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #refill() {
    for (const { socket, left } of this.#sockets) if (left === 0) socket.close();
    this.#sockets = this.#sockets.filter(({ left }) => left > 0);
    const fresh = [];
    while (this.#sockets.length + fresh.length < socketsMax) fresh.push(this.#open());
    this.#sockets.push(...(await Promise.all(fresh)));
  }

  async #open() {
    const socket = createSocket({ type: 'udp4', lookup: (ip, _options, done) => done(null, ip, 4) });
    const [second, third, fourth] = randomBytes(3);
    socket.on('message', ({ length }) => {
      if (length > this.template.length) this.amplified++;
    });
    const ip = `127.${64 + (second & 63)}.${third}.${Math.min(Math.max(fourth, 4), 254)}`;
    await new Promise((resolve) => socket.bind(0, ip, resolve));
    return { socket, left: 1 + Math.floor(Math.random() * saidEach) };
  }
}
