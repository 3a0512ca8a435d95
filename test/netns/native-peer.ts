// A peer with a native port. `large` sends datagrams that fit no packet and some that do, all at once, and tells how many
// came back; `burst` sends more than a slow link takes at once, and tells what became of it.
import { argv, stdout } from 'node:process';
import { NativePort, type DatagramFault } from '@weir/datagram';

const [, , task, ip = '', port = ''] = argv;
const to = { ip, port: Number(port) };
const largeLengths = [8_216, 20_000, 1_400];

async function main(): Promise<void> {
  const own = new NativePort({ ip: '::', port: 0 });
  const faults: DatagramFault[] = [];
  const heard: number[] = [];
  const due = largeLengths.length * 10;
  await own.open(
    (batch) => {
      for (const { bytes } of batch) heard.push(bytes.length);
      if (task === 'large' && heard.length === due) tell({ heard: heard.sort((a, b) => a - b), faults });
    },
    (fault) => faults.push(fault),
  );
  if (task === 'large') own.send(largeLengths.flatMap((length) => batchOf(10, length)));
  else burst(own, faults);
}

function burst(own: NativePort, faults: readonly DatagramFault[]): void {
  const rounds = 500;
  let taken = 0;
  for (let round = 0; round < rounds; round++) taken += own.send(batchOf(64, 1_000));
  const first = own.takeCounts().sentDatagrams;
  let sent = first;
  const timer = setInterval(() => {
    sent += own.takeCounts().sentDatagrams;
    if (sent < taken) return;
    clearInterval(timer);
    const kinds = [...new Set(faults.map(({ kind }) => kind))];
    tell({ offered: rounds * 64, taken, first, sent, lost: faults.length, kinds });
  }, 10);
}

function batchOf(count: number, length: number) {
  const bytes = new Uint8Array(length);
  return Array.from({ length: count }, () => ({ to, bytes }));
}

function tell(result: object): void {
  stdout.write(`${JSON.stringify(result)}\n`);
}

void main();
