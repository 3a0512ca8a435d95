import {
  blockBytes,
  blockRequests,
  lineRemedies,
  requestsMax,
  TraceParser,
  type RequestBlock,
  type TitledObjects,
} from '@weir/policy';
import { UsageError } from '../errors';
import { Spool } from './spool';
import { inputBytes, readTrace, traceName, type TraceReading } from './trace-input';

/** A trace whose names are numbers, in a temporary file, to be gone through as often as needed. */
export interface CompiledTrace {
  readonly requests: number;
  readonly liveRequests: number;
  readonly requestedBytes: number;
  /** Bytes of all objects, each once. */
  readonly uniqueBytes: number;
  /** Lines that were left out. */
  readonly malformed: number;
  readonly objects: TitledObjects;
  readonly blocks: number;
  /** Reads a block; the last has fewer requests than there is room for. */
  read(index: number, into: RequestBlock): Promise<void>;
  close(): Promise<void>;
}

/** How a trace is read. */
export interface CompileOptions {
  readonly stdin: AsyncIterable<unknown>;
  /** Where the temporary file goes. */
  readonly folder: string;
  /** Lines that may make no sense. */
  readonly malformedMax: number;
  readonly signal: AbortSignal;
  /** Told of a packed trace that ends too early, by its name. */
  readonly cut: (name: string) => void;
  /** Told of the bytes read, and of how many there are, where that is known. */
  readonly progress: (bytes: number, total: number) => void;
}

/**
 * Reads traces, one after another, once. Rejects with a `UsageError` for what cannot be read as a trace, with the line's number.
 */
export async function compileTrace(paths: readonly string[], options: CompileOptions): Promise<CompiledTrace> {
  const total = await inputBytes(paths);
  const spool = await Spool.create(options.folder, blockBytes);
  try {
    const compilation = new Compilation(spool, options);
    let done = 0;
    const seen = (bytes: number): void => {
      done += bytes;
      if (total !== undefined) options.progress(done, total);
    };
    for (const path of paths) await compilation.take(path, { seen, cut: options.cut });
    return await compilation.end(paths.map(traceName).join(', '));
  } catch (error) {
    await spool.close();
    throw error;
  }
}

class Compilation {
  private readonly parser = new TraceParser();
  private blocks = 0;
  private requests = 0;
  private requestedBytes = 0;
  /** The trace with the first line that makes no sense. */
  private malformedPath: string | undefined;

  constructor(
    private readonly spool: Spool,
    private readonly options: CompileOptions,
  ) {}

  async take(path: string, reading: TraceReading): Promise<void> {
    const { parser, options } = this;
    for await (const portion of readTrace(path, options.stdin, reading)) {
      options.signal.throwIfAborted();
      parser.push(portion);
      this.check(path);
      await this.store();
    }
    parser.endFile();
    this.check(path);
    await this.store();
  }

  async end(name: string): Promise<CompiledTrace> {
    const { parser, spool } = this;
    parser.end();
    await this.store();
    if (this.requests === 0) throw new UsageError(`${name}: has no requests`);
    const objects = parser.objects();
    // What was needed only to read must not be held by what is returned.
    const { blocks } = this;
    const lastBlock = this.requests - (blocks - 1) * blockRequests;
    return {
      requests: this.requests,
      liveRequests: parser.liveRequests,
      requestedBytes: this.requestedBytes,
      uniqueBytes: objects.bytes.reduce((sum, one) => sum + one, 0),
      malformed: parser.malformed,
      objects,
      blocks,
      read: async (index, into) => {
        await spool.read(index, into.memory);
        into.length = index === blocks - 1 ? lastBlock : blockRequests;
      },
      close: () => spool.close(),
    };
  }

  private check(path: string): void {
    const { malformed, firstMalformed } = this.parser;
    const { malformedMax } = this.options;
    if (firstMalformed === undefined) return;
    this.malformedPath ??= path;
    if (malformed <= malformedMax) return;
    const { line, fault, text } = firstMalformed;
    const where = `${traceName(this.malformedPath)}: line ${line} ${shown(text)}`;
    const count = malformedMax === 0 ? '' : `; more than ${malformedMax} lines make no sense`;
    throw new UsageError(`${where}: ${lineRemedies[fault]}${count}`);
  }

  private async store(): Promise<void> {
    for (const block of this.parser.take()) {
      await this.spool.write(this.blocks++, block.memory);
      this.requests += block.length;
      for (let at = 0; at < block.length; at++) this.requestedBytes += block.bytes[at] ?? 0;
    }
    if (this.requests > requestsMax) throw new UsageError(`a trace may have ${requestsMax} requests at most; cut it`);
  }
}

/** In quotes, and with nothing in it that a terminal takes for an order: JSON leaves those from 0x7f to 0x9f as they are. */
function shown(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f]/g, (order) => `\\u00${order.charCodeAt(0).toString(16)}`);
}
