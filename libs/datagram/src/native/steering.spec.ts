import fc from 'fast-check';
import { closeNativeSocket, openNativeSocket, type NativeSocket } from './native-socket';
import { codeOf, describeNative, open, until, type Opened } from './native.testing';

/** A datagram whose first word is the channel ID. */
function datagramOf(channel: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(channel);
  return bytes;
}

/** Upper four bits of a channel ID, and the rest of it, which is not 0. */
const channel = fc
  .tuple(fc.nat(15), fc.integer({ min: 1, max: 0x0fff_ffff }))
  .map(([number, rest]) => number * 2 ** 28 + rest);

describeNative('steering among sockets that share a port', (addon) => {
  const count = 3;

  describe.each(['127.0.0.1', '::1'])('on %s', (ip) => {
    let sockets: NativeSocket[];
    let members: Opened[];
    let sender: Opened;

    beforeEach(async () => {
      const wishes = { reusePort: true, steerAmong: count };
      const first = openNativeSocket({ ip, port: 0 }, wishes, addon);
      sockets = [first];
      while (sockets.length < count) sockets.push(openNativeSocket(first.local, wishes, addon));
      members = await Promise.all(sockets.map((socket) => open(socket.local, { addon, socket })));
      sender = await open({ ip, port: 0 }, { addon });
    });

    afterEach(async () => {
      await Promise.all([sender, ...members].map(({ port }) => port.close()));
      for (const socket of sockets) closeNativeSocket(socket, addon);
    });

    /** Sends datagrams as packets of their own, and tells which member heard which. */
    async function heard(batch: readonly Buffer[]): Promise<string[][]> {
      for (const { received } of members) received.length = 0;
      const to = members[0]?.port.local ?? sender.port.local;
      for (const bytes of batch) sender.port.send([{ to, bytes }]);
      await until(() => members.reduce((sum, { received }) => sum + received.length, 0) === batch.length);
      return members.map(({ received }) => received.map(({ bytes }) => Buffer.from(bytes).toString('hex')));
    }

    it('goes by the upper four bits of the channel ID, and to the first beyond the group', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(channel, { minLength: 1, maxLength: 20 }), async (channels) => {
          const batch = channels.map(datagramOf);
          const numberOf = (bytes: Buffer) => (bytes.readUInt8() >> 4 < count ? bytes.readUInt8() >> 4 : 0);
          expect(await heard(batch)).toEqual(
            members.map((_, number) =>
              batch.filter((bytes) => numberOf(bytes) === number).map((bytes) => bytes.toString('hex')),
            ),
          );
        }),
        { numRuns: 50 },
      );
    });

    it('takes what is too short for a channel ID to the first', async () => {
      const short = [Buffer.alloc(0), Buffer.from('f0', 'hex'), Buffer.from('f0f0f0', 'hex')];
      expect(await heard(short)).toEqual([short.map((bytes) => bytes.toString('hex')), [], []]);
    });

    it('gives a HANDSHAKE on channel 0 to some member', async () => {
      const all = await heard([datagramOf(0), datagramOf(0)]);
      expect(all.flat()).toHaveLength(2);
    });

    it('takes a train where its first datagram belongs', async () => {
      const to = members[0]?.port.local ?? sender.port.local;
      sender.port.send([0x1000_0001, 0x2000_0001].map((id) => ({ to, bytes: datagramOf(id) })));
      await until(() => members.reduce((sum, { received }) => sum + received.length, 0) === 2);
      expect(members.map(({ received }) => received.length)).toEqual([0, 2, 0]);
    });
  });

  it.each([-1, 17])('cannot be among %s', (steerAmong) => {
    const open = () => openNativeSocket({ ip: '127.0.0.1', port: 0 }, { reusePort: true, steerAmong }, addon);
    expect(codeOf(open)).toBe('DATAGRAM_SOCKET_FAILED');
  });

  it('needs sockets that share their port', () => {
    const open = () => openNativeSocket({ ip: '127.0.0.1', port: 0 }, { steerAmong: 2 }, addon);
    expect(codeOf(open)).toBe('DATAGRAM_SOCKET_FAILED');
  });

  it('is done by the position in the group: who was bound first has it, and the last takes the place of one that went', async () => {
    const wishes = { reusePort: true, steerAmong: count };
    const first = openNativeSocket({ ip: '127.0.0.1', port: 0 }, wishes, addon);
    const second = openNativeSocket(first.local, wishes, addon);
    const third = openNativeSocket(first.local, wishes, addon);
    const last = await open(first.local, { addon, socket: third });
    const sender = await open({ ip: '127.0.0.1', port: 0 }, { addon });
    const tell = (id: number) => sender.port.send([{ to: first.local, bytes: datagramOf(id) }]);
    tell(0x2000_0001);
    await until(() => last.received.length === 1);
    closeNativeSocket(second, addon);
    tell(0x1000_0001);
    await until(() => last.received.length === 2);
    await Promise.all([last, sender].map(({ port }) => port.close()));
    for (const socket of [first, third]) closeNativeSocket(socket, addon);
  });
});
