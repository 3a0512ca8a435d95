// `echo PORT` sends back whatever comes. `call IP PORT LENGTH` sends two datagrams of this length from one connected socket, each
// when the last was answered, and writes whether both came back as they were; `call` of a closed port writes why not.
import { createSocket } from 'node:dgram';
import { argv, stdout } from 'node:process';

const [, , task = '', first = '', second = '', third = ''] = argv;
/** What a HANDSHAKE begins with: channel 0, the message's type, a channel ID, the version option. RFC 7574 section 8.4. */
const handshake = Buffer.from('00000000005ead000100010203', 'hex');

function echo(port: number): void {
  const socket = createSocket({ type: 'udp6' });
  socket.on('message', (bytes, { address, port: from }) => socket.send(bytes, from, address));
  socket.bind(port, '::', () => stdout.write('ready\n'));
}

function call(ip: string, port: number, length: number): void {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  const sent = [0x11, 0x22].map((filling) => {
    return Buffer.concat([handshake, Buffer.alloc(length - handshake.length, filling)]);
  });
  let answers = 0;
  socket.on('error', (error) => tell({ error: 'code' in error ? error.code : String(error) }));
  socket.on('message', (bytes) => {
    const same = sent[answers]?.equals(bytes) === true;
    answers++;
    if (!same || answers === sent.length) tell({ answers, same });
    else socket.send(sent[answers] ?? handshake);
  });
  socket.connect(port, ip, () => socket.send(sent[0] ?? handshake));

  function tell(result: object): void {
    stdout.write(`${JSON.stringify(result)}\n`);
    socket.close();
  }
}

if (task === 'echo') echo(Number(first));
else call(first, Number(second), Number(third));
