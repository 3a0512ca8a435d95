// `serve`: sends back what comes to UDP port 7000, of both families. `ask IP`: exits with 0 if it comes back within a second.
import { createSocket } from 'node:dgram';
import { argv, exit, stdout } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

const port = 7_000;
const askMillis = 1_000;
const [, , task, ip = ''] = argv;

if (task === 'serve') {
  const socket = createSocket('udp6');
  socket.on('message', (bytes, { address, port: from }) => socket.send(bytes, from, address));
  socket.bind(port, '::', () => stdout.write('ready\n'));
} else {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', () => exit(0));
  socket.on('error', () => exit(1));
  socket.send('a word', port, ip);
  void pause(askMillis).then(() => exit(1));
}
