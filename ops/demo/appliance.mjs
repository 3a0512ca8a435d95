// What a demo asks of the appliance's admin API.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const readyTries = 150;
const readyPauseMillis = 100;

/** A TCP port of loopback that was free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until the appliance is ready for traffic. */
export async function untilReady(admin, cast) {
  for (let tries = 0; tries < readyTries; tries++) {
    if (!cast.has('appliance')) throw new Error('the appliance ended before it was ready');
    const answer = await fetch(`http://${admin}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(readyPauseMillis);
  }
  throw new Error('the appliance did not become ready');
}

/** `GET /v1/status`. */
export async function statusOf(admin) {
  const answer = await fetch(`http://${admin}/v1/status`);
  if (!answer.ok) throw new Error(`GET /v1/status: ${answer.status}`);
  return await answer.json();
}
