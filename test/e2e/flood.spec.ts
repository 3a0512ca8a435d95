import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeDatagram, initiatingOptions, limits } from '@weir/ppspp';
import { z } from 'zod';
import { Appliance, datapathThreads } from './harness/appliance';
import { addressOf, fetchFile, startSeeder } from './harness/peers';
import { root, sha256Of, Stage } from './harness/stage';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(60_000);

const floodReport = z.object({
  arrived: z.number(),
  grownBytes: z.number(),
  halfOpenMost: z.number(),
  swarmsMost: z.number(),
  honest: z.number(),
  triesMost: z.number(),
  amplified: z.number(),
});

// The whole million is `npm run test:hostile`. Before records left nothing behind, 60,000 were enough to take 120 MiB.
it.each(['seed', 'appliance'])(
  'a flood of spoofed handshakes takes neither memory nor the honest their place: %s',
  async (kind) => {
    const env = { WEIR_DATAPATH_THREADS: String(datapathThreads) };
    const flood = stage.node(join(root, 'test/hostile/flood.mjs'), [kind, '60000'], { env });
    const { status, stdout, stderr } = await flood.ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const report = floodReport.parse(JSON.parse(stdout));
    expect(report.arrived).toBeGreaterThanOrEqual(60_000);
    expect(report.grownBytes).toBeLessThanOrEqual(64 * 2 ** 20);
    expect(report.halfOpenMost).toBeLessThanOrEqual(limits.halfOpenMax * datapathThreads);
    expect(report.swarmsMost).toBeLessThanOrEqual(1);
    expect(report.honest).toBeGreaterThan(0);
    expect(report.triesMost).toBeLessThanOrEqual(3);
    expect(report.amplified).toBe(0);
  },
);

/** ICMP errors of this kind that this machine has heard. */
function portsUnreachable(): number {
  const [names = '', values = ''] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Icmp: '));
  return Number(values.split(' ')[names.split(' ').indexOf('InDestUnreachs')]);
}

/** Sends a datagram to a peer, from an address of its own. */
async function sender(scene: Stage, ip: string, peer: string): Promise<(bytes: Uint8Array) => Promise<void>> {
  const socket = createSocket('udp4');
  socket.bind(0, ip);
  await once(socket, 'listening');
  scene.onEnd(() => {
    socket.close();
  });
  const to = addressOf(peer);
  return (bytes) =>
    new Promise((resolve) => {
      socket.send(bytes, to.port, to.ip, () => {
        resolve();
      });
    });
}

it('the appliance lives through datagrams of all sizes and through callers that are gone, and serves', async () => {
  const content = stage.content('source', 500_000);
  const { swarmId, address } = await startSeeder(stage, { path: content.path });
  const appliance = await Appliance.start(stage);
  const send = await sender(stage, '127.1.0.9', appliance.address);
  for (let bytes = 0; bytes <= 65_507; bytes += bytes < 64 ? 1 : 4_363) {
    await send(new Uint8Array(bytes).fill(bytes));
    await send(new Uint8Array(bytes));
  }
  // Each answer to somebody who is gone comes back as an ICMP error, which the kernel counts.
  const unreachableBefore = portsUnreachable();
  const metadata = { swarmId, hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;
  const dialect = { addressing: 'chunk32', hashBytes: 32, chunkSize: 1_024 } as const;
  const handshake = { type: 'handshake', channel: 1, options: initiatingOptions(metadata, true) } as const;
  for (let count = 0; count < 200; count++) {
    const gone = new Stage();
    // Several subscribers: one alone has no more than 64 channels half open.
    const call = await sender(gone, `127.1.0.${String(20 + (count % 8))}`, appliance.address);
    await call(encodeDatagram(0, [handshake], dialect));
    await gone.end();
  }
  await untilTrue('it heard them', async () => (await appliance.metric('ppspp_faults_total')) > 100);
  await untilTrue('errors came back', () => Promise.resolve(portsUnreachable() - unreachableBefore > 100));
  expect(await appliance.metric('ppspp_swarms')).toBe(0);
  await appliance.request('POST', '/v1/swarms', { swarmId, peers: [address] });
  await fetchFile(stage, { swarmId, out: stage.path('out'), peers: [appliance.address] });
  expect(sha256Of(stage.path('out'))).toBe(content.sha256);
});
