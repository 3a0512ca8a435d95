import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { closeNativeSocket, openNativeSocket, type NativeSocket } from './native-socket';
import { addonFile, describeNative, open, until } from './native.testing';

/** A thread that adopts a socket and tells the text of each datagram. */
const adopting = `
const { parentPort, workerData } = require('node:worker_threads');
const { UdpSocket } = require(workerData.file);
const records = new Uint32Array(32 * 6);
let slab;
const socket = new UdpSocket({
  fd: workerData.fd, owned: false, records,
  arena: new Uint8Array(), runs: new Uint32Array(), outcome: new Uint32Array(200),
  onReceived(count, more, slabs = []) {
    const texts = [];
    for (let at = 0; at < count * 6; at += 6) {
      const [offset, bytes, segment, , , flags] = records.subarray(at, at + 6);
      if (flags & 4) slab = slabs.shift();
      for (let done = 0; done < bytes; done += segment)
        texts.push(slab.subarray(offset + done, offset + Math.min(done + segment, bytes)).toString());
    }
    parentPort.postMessage(texts);
  },
  onWritable() {},
});
socket.receive();
parentPort.on('message', () => { socket.close(); parentPort.close(); });
parentPort.postMessage([]);
`;

interface Thread {
  readonly worker: Worker;
  readonly texts: string[];
}

async function adopt({ fd }: NativeSocket): Promise<Thread> {
  const worker = new Worker(adopting, { eval: true, workerData: { file: addonFile, fd } });
  const texts: string[] = [];
  await once(worker, 'message');
  worker.on('message', (more: string[]) => texts.push(...more));
  return { worker, texts };
}

/** Stops a thread by a word. */
async function stop({ worker }: Thread): Promise<void> {
  worker.postMessage('stop');
  await once(worker, 'exit');
}

const loopback = { ip: '127.0.0.1', port: 0 };

describeNative('native sockets and threads', (addon) => {
  it('share a port between threads, and keep each peer with one of them', async () => {
    const wishes = { reusePort: true };
    const first = openNativeSocket(loopback, wishes, addon);
    const second = openNativeSocket(first.local, wishes, addon);
    const threads = [await adopt(first), await adopt(second)];
    const peers = await Promise.all(Array.from({ length: 64 }, () => open(loopback, { addon })));
    for (let round = 0; round < 4; round++)
      for (const [index, { port }] of peers.entries())
        port.send([{ to: first.local, bytes: Buffer.from(`peer ${String(index)}`) }]);
    await until(() => threads.flatMap(({ texts }) => texts).length === 4 * peers.length);
    const [ones, others] = threads.map(({ texts }) => new Set(texts));
    expect(ones?.size).toBeGreaterThan(0);
    expect(others?.size).toBeGreaterThan(0);
    expect([...(ones ?? [])].filter((text) => others?.has(text))).toEqual([]);
    await Promise.all(threads.map(stop));
    await Promise.all(peers.map(({ port }) => port.close()));
    for (const socket of [first, second]) closeNativeSocket(socket, addon);
  });

  it('keep what arrives while one thread takes the place of another', async () => {
    const socket = openNativeSocket(loopback, {}, addon);
    const peer = await open(loopback, { addon });
    const tell = (text: string) => peer.port.send([{ to: socket.local, bytes: Buffer.from(text) }]);
    const before = await adopt(socket);
    tell('first');
    await until(() => before.texts.length === 1);
    await before.worker.terminate();
    tell('between');
    const after = await adopt(socket);
    tell('last');
    await until(() => after.texts.length === 2);
    expect(after.texts).toEqual(['between', 'last']);
    await stop(after);
    await peer.port.close();
    closeNativeSocket(socket, addon);
    // Closed once, and free: another may have the address.
    const again = openNativeSocket(socket.local, {}, addon);
    expect(again.local).toEqual(socket.local);
    closeNativeSocket(again, addon);
  });

  it('outlive threads that are ended in the middle of their work', async () => {
    const socket = openNativeSocket(loopback, {}, addon);
    const peer = await open(loopback, { addon });
    for (let round = 0; round < 5; round++) {
      const thread = await adopt(socket);
      const batch = Array.from({ length: 200 }, () => ({ to: socket.local, bytes: Buffer.alloc(1_000, 'x') }));
      peer.port.send(batch);
      await until(() => thread.texts.length > 0);
      peer.port.send(batch);
      await thread.worker.terminate();
    }
    await peer.port.close();
    closeNativeSocket(socket, addon);
  });

  it('are adopted by a port, which leaves them open', async () => {
    const socket = openNativeSocket(loopback, {}, addon);
    for (const text of ['one', 'other']) {
      const adopted = await open(loopback, { addon, socket });
      expect(adopted.port.local).toEqual(socket.local);
      adopted.port.send([{ to: socket.local, bytes: Buffer.from(text) }]);
      await until(() => adopted.received.length === 1);
      expect(adopted.texts()).toEqual([text]);
      await adopted.port.close();
    }
    closeNativeSocket(socket, addon);
  });
});
