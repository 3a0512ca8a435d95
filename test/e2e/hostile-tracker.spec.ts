import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { TrackerCaller } from './harness/caller-of-trackers';
import { Stage } from './harness/stage';
import { Tracker } from './harness/tracker';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(40_000);

const swarmId = 'ab'.repeat(32);
const [success, forbidden, unavailable] = [0, 3, 5];

/** What slow clients say and stop: nothing, half a header, half a body. */
const beginnings = [
  '',
  'POST / HTTP/1.1\r\nHost: tracker\r\n',
  'POST / HTTP/1.1\r\nHost: tracker\r\nContent-Type: application/ppsp-tracker+json\r\nContent-Length: 400\r\n\r\n{',
];

/** As many clients of one IPv4 /24 that never come to an end, connected. */
async function slowClients(url: string, count: number): Promise<readonly Socket[]> {
  const { hostname: host, port } = new URL(url);
  const sockets = Array.from({ length: count }, (_, at) => {
    const localAddress = `127.60.0.${String(1 + (at % 250))}`;
    const socket = connect({ host, port: Number(port), localAddress });
    socket.on('error', () => undefined).write(beginnings[at % beginnings.length] ?? '');
    return socket.resume();
  });
  stage.onEnd(() => {
    for (const socket of sockets) socket.destroy();
  });
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets;
}

describe('a tracker process among hostile clients', () => {
  it('answers honest peers while slow ones hold their connections, and ends those within its time', async () => {
    const tracker = await Tracker.start(stage);
    const slow = await slowClients(tracker.url, 300);
    const gone = Promise.all(slow.map((socket) => once(socket, 'close')));
    for (const ip of ['127.1.0.1', '127.60.0.251'])
      expect((await TrackerCaller.at(stage, tracker.url, ip).connect('JOIN', swarmId)).errorCode).toBe(success);
    await gone;
    expect((await TrackerCaller.at(stage, tracker.url, '127.60.0.252').connect('JOIN', swarmId)).errorCode).toBe(
      success,
    );
  });

  it('turns away the new peers of a network that floods, and goes on with one that it knows, and with other networks', async () => {
    // At once ten seconds' worth.
    const tracker = await Tracker.start(stage, { config: { limits: { registrationsPerSecond: 10 } } });
    const known = TrackerCaller.at(stage, tracker.url, '127.62.0.1');
    expect((await known.connect('JOIN', swarmId)).errorCode).toBe(success);
    const flood = TrackerCaller.at(stage, tracker.url, '127.62.0.2');
    let registered = 0;
    let turnedAway = 0;
    while (turnedAway < 100) {
      const wave = Array.from({ length: 50 }, (_, at) => flood.connect('JOIN', swarmId, `${String(registered)}-${at}`));
      for (const { errorCode } of await Promise.all(wave)) {
        expect([success, unavailable]).toContain(errorCode);
        if (errorCode === success) registered++;
        else turnedAway++;
      }
      expect((await known.report()).errorCode).toBe(success);
    }
    const elsewhere = TrackerCaller.at(stage, tracker.url, '127.63.0.1');
    expect((await elsewhere.connect('JOIN', swarmId)).errorCode).toBe(success);
  });

  it('lets nobody join or leave for a peer whose ID it told', async () => {
    const tracker = await Tracker.start(stage);
    const peer = TrackerCaller.at(stage, tracker.url, '127.1.0.1');
    await peer.connect('JOIN', swarmId);
    const stranger = TrackerCaller.at(stage, tracker.url, '127.4.0.1');
    const { results } = await stranger.connect('JOIN', swarmId);
    expect(results[0]?.peers?.map(({ peerId }) => peerId)).toEqual(['127.1.0.1']);
    for (const action of ['JOIN', 'LEAVE'] as const)
      expect((await stranger.connect(action, swarmId, '127.1.0.1')).errorCode).toBe(forbidden);
    expect((await peer.report()).errorCode).toBe(success);
    expect(await tracker.peers(swarmId)).toContain('127.1.0.1:6778');
  });
});
