import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ContentError, reasonOf } from '../content/errors';
import { formatBytes } from '../terminal/format';
import type { Progress, Terminal } from '../terminal/terminal';
import { bytesOf, type Amount } from './amount';
import { compileTrace, type CompiledTrace } from './compiled-trace';
import type { PolicyName, PolicySettings } from './policies';
import { drawPlot } from './plot';
import { describe, doubledCells, resultsJson } from './report';
import { simulate, type Cell, type CellResult } from './simulation';
import { traceName } from './trace-input';

/** What an operator wants to know of a trace. */
export interface SimulationRequest {
  readonly capacities: readonly Amount[];
  readonly policies: readonly PolicyName[];
  readonly settings: PolicySettings;
  /** Share of the requests that only fill the cache. */
  readonly warmUp: number;
  readonly malformedMax: number;
  /** Where temporary files go. */
  readonly folder: string;
  /** Where the plot goes. */
  readonly plot: string | undefined;
  readonly json: boolean;
}

/** A request, and what it stands on. */
export interface SimulationRun {
  readonly paths: readonly string[];
  readonly request: SimulationRequest;
  readonly terminal: Terminal;
  readonly stdin: AsyncIterable<unknown>;
  readonly signal: AbortSignal;
}

/** Reads the traces, replays them, and prints what came of it. */
export async function runSimulation(run: SimulationRun): Promise<void> {
  const { request, terminal, paths } = run;
  if (request.plot !== undefined) await expectFolderOf(request.plot);
  const trace = await compile(run);
  try {
    const cells = request.capacities.flatMap((capacity) =>
      request.policies.map((policy): Cell => ({
        policy,
        capacityBytes: Math.max(bytesOf(capacity, trace.uniqueBytes), 1),
      })),
    );
    const doubled = request.json ? [] : doubledCells(cells);
    const all = await replay(run, trace, [...cells, ...doubled]);
    const [results, twice] = [all.slice(0, cells.length), all.slice(cells.length)];
    const name = paths.map(traceName).join(', ');
    if (request.plot !== undefined) {
      await writePlot(request.plot, drawPlot({ title: name, uniqueBytes: trace.uniqueBytes, results }));
    }
    const lines = request.json ? [resultsJson(results)] : describe({ name, trace, results, doubled: twice });
    for (const line of lines) terminal.print(line);
  } finally {
    await trace.close();
  }
}

function compile({ request, terminal, paths, stdin, signal }: SimulationRun): Promise<CompiledTrace> {
  const { folder, malformedMax } = request;
  const bar = terminal.progress('reading');
  const progress = (bytes: number, total: number): void => bar.update(bytes, total);
  const cut = (name: string): void =>
    terminal.tell(`weir: ${name}: ends too early, as what a killed process leaves; read up to its last whole line`);
  return compileTrace(paths, { stdin, folder, malformedMax, signal, cut, progress }).finally(() => bar.stop());
}

/** A bar for each cell, over the bytes that the trace asks for. */
async function replay(
  { request, terminal, signal }: SimulationRun,
  trace: CompiledTrace,
  cells: readonly Cell[],
): Promise<readonly CellResult[]> {
  const { settings, warmUp, folder } = request;
  let shown: { readonly cell: Cell; readonly bar: Progress } | undefined;
  const progress = (cell: Cell, requests: number): void => {
    if (shown?.cell !== cell) {
      shown?.bar.stop();
      shown = { cell, bar: terminal.progress(`${cell.policy} with ${formatBytes(cell.capacityBytes)}`) };
    }
    shown.bar.update(Math.round(trace.requestedBytes * (requests / trace.requests)), trace.requestedBytes);
  };
  try {
    return await simulate({ trace, settings, warmUp, folder, signal, progress }, cells);
  } finally {
    shown?.bar.stop();
  }
}

/** A mistake in the name of the plot is told before the hours that a simulation may take. */
async function expectFolderOf(path: string): Promise<void> {
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
}

async function writePlot(path: string, svg: string): Promise<void> {
  await writeFile(path, svg).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
}

function unwritable(path: string, cause: unknown): ContentError {
  return new ContentError('OUTPUT_UNWRITABLE', path, `cannot be written: ${reasonOf(cause)}`, { cause });
}
