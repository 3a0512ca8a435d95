// `npm run bench:protocol`: what the protocol's operations and its idle channels cost, and how that grows with the content.
import { cpus } from 'node:os';
import { stdout, version } from 'node:process';
import { channelRows } from './channels.mjs';
import { growthTable } from './growth.mjs';
import { availabilityRow, operationRows } from './operations.mjs';

stdout.write(`Node ${version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}; chunks of 1 KiB\n\n`);
stdout.write(`Nanoseconds for each operation\n${growthTable(operationRows())}\n\n`);
stdout.write(`${growthTable([availabilityRow()])}\n\n`);
stdout.write(`10,000 idle channels, for each of them\n${growthTable(channelRows())}\n`);
