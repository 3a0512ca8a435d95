// Asks each address of its arguments, `udp` or `tcp` first, and writes a line with the answer. Its UDP sockets are
// connected: they hear nobody but the address that they asked.
import { createSocket } from 'node:dgram';
import { get } from 'node:http';
import { argv, stdout } from 'node:process';

const trains = 30;
const [, , protocol, ...targets] = argv;

for (const target of targets) {
  const at = target.lastIndexOf('/');
  const [ip, port] = [target.slice(0, at), Number(target.slice(at + 1))];
  if (protocol === 'udp') askDatagrams(ip, port);
  else
    get({ host: ip, port, agent: false }, (response) =>
      response.on('data', (text) => tell(`${ip} ${String(port)}`, String(text))),
    );
}

function askDatagrams(ip: string, port: number): void {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  const heard: string[] = [];
  socket.on('message', (bytes) => {
    heard.push(bytes.toString());
    if (heard.length < trains) return;
    tell(`${ip} ${String(port)}`, [...heard].sort().join(''));
    socket.close();
  });
  socket.connect(port, ip, () => {
    for (let count = 0; count < trains; count++) socket.send(String.fromCharCode(65 + count).repeat(1_000));
  });
}

function tell(asked: string, answer: string): void {
  stdout.write(`${JSON.stringify({ asked, answer })}\n`);
}
