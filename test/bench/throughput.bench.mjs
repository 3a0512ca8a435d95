// What a gigabyte costs, part by part and as a whole, in one table. Compare rows of one run, not runs of two machines.
import { cpus } from 'node:os';
import { stdout, version } from 'node:process';
import { codecRows } from './codec.mjs';
import { loopbackRows } from './loopback.mjs';
import { table } from './measure.mjs';
import { merkleRows } from './merkle.mjs';
import { transferRows } from './transfer.mjs';

const parts = [...codecRows(), ...merkleRows(), ...(await loopbackRows())];
const { rows, note } = await transferRows();
stdout.write(`Node ${version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}; chunks of 1 KiB\n`);
stdout.write(`${table([...parts, ...rows])}\n`);
if (note) stdout.write(`${note}\n`);
