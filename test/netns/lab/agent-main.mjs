// Stands in a network namespace and does there what a test asks of it by IPC: HTTP requests, UDP sockets, TCP connections.
// A request is { id, verb, order }, the answer { id, result } or { id, error }; what happens by itself is { event, ... }.
import { once } from 'node:events';
import { request } from 'node:http';
import process from 'node:process';
import { tcpVerbs } from './agent-tcp.mjs';
import { udpVerbs } from './agent-udp.mjs';

const tell = (message) => process.connected && process.send(message);

const verbs = { http, ...udpVerbs(tell), ...tcpVerbs(tell) };

process.on('message', ({ id, verb, order }) => {
  verbs[verb](order).then(
    (result) => tell({ id, result: result ?? null }),
    (error) => tell({ id, error: `${error.message}${error.cause ? ` (${error.cause.message})` : ''}` }),
  );
});
process.channel.ref();

/** Answers with status, headers and body, whatever the status. Each request has a connection of its own. */
async function http({ url, method = 'GET', headers = {}, body, timeoutMillis = 5_000 }) {
  const asking = request(url, { method, headers, agent: false, signal: AbortSignal.timeout(timeoutMillis) });
  asking.end(body);
  const [answer] = await once(asking, 'response');
  const parts = [];
  for await (const part of answer) parts.push(part);
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() };
}
