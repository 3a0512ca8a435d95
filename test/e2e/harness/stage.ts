import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generated } from '../../sim/content';
import { Program, type ProgramSettings } from './program';

/** The repository. */
export const root = join(__dirname, '..', '..', '..');

const weir = join(root, 'bin', 'weir.js');

/** A file to be published. */
export interface ContentFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/**
 * What one test needs of the machine: processes, a folder, sockets. Everything ends with the test: `afterEach` of every
 * suite calls `end`, whatever the test came to.
 */
export class Stage {
  private folder: string | undefined;
  private readonly programs = new Set<Program>();
  private readonly closers: (() => Promise<void> | void)[] = [];

  /**
   * @param defaults what its programs are started with, unless one is told otherwise.
   * @param place where its folder is made.
   */
  constructor(
    private readonly defaults: ProgramSettings = {},
    private readonly place = tmpdir(),
  ) {}

  /** Starts a command of `weir`. */
  weir(args: readonly string[], settings?: ProgramSettings): Program {
    return this.node(weir, args, settings);
  }

  /** Starts a script. */
  node(script: string, args: readonly string[], settings?: ProgramSettings): Program {
    const started = { ...this.defaults, ...settings };
    const program = new Program(`weir ${args.slice(0, 2).join(' ')}`, script, args, started);
    this.programs.add(program);
    return program;
  }

  /** A path in a folder of the test's own. */
  path(name: string): string {
    this.folder ??= mkdtempSync(join(this.place, 'weir-e2e-'));
    return join(this.folder, name);
  }

  /** Writes a file of generated content. */
  content(name: string, size: number): ContentFile {
    const bytes = generated(name, size);
    const path = this.path(name);
    writeFileSync(path, bytes);
    return { path, size, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  /** Has something closed at the end. */
  onEnd(close: () => Promise<void> | void): void {
    this.closers.push(close);
  }

  /** Kills what still runs, closes what is open, removes the folder. */
  async end(): Promise<void> {
    await Promise.all([...this.programs].map((program) => program.kill()));
    this.programs.clear();
    for (const close of this.closers.splice(0)) await close();
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }
}

/** The digest of a file. Files are compared by it: a difference of megabytes is nothing to print. */
export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
