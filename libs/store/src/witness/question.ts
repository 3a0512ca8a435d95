import type { SwarmId } from '@weir/ppspp';
import { StoreError, type StoreErrorCode } from '../errors';
import { LmdbReader } from '../lmdb-reader';
import type { RuleChange } from '../rules/rule';
import { type FoundSwarm, type StoreWitness, witnessBy } from './witness';

/** What may be asked of a store. */
export type Question =
  | { readonly about: 'rules' | 'leftovers' }
  | { readonly about: 'swarm'; readonly swarmId: SwarmId; readonly inMemory: readonly number[] }
  | { readonly about: 'numbers'; readonly numbers: readonly number[] };

/** What the witness's worker is told. */
export interface WitnessTask {
  readonly directory: string;
  readonly question: Question;
}

/** What it found; or why it does not know. An error crosses threads without its code: it is spelt out. */
export interface Testimony {
  readonly rules?: RuleChange[];
  readonly found?: FoundSwarm | undefined;
  readonly numbers?: number[];
  readonly failure?: {
    readonly code: StoreErrorCode;
    readonly message: string;
    readonly details: Readonly<Record<string, string | number>>;
  };
}

/** Opens the store in a directory, looks, and closes it again: a store that failed is closed to everybody before it is mended. */
export async function testify({ directory, question }: WitnessTask): Promise<Testimony> {
  const reader = new LmdbReader(directory);
  try {
    return await answer(witnessBy(reader), question);
  } catch (error) {
    if (!(error instanceof StoreError))
      return { failure: { code: 'STORE_FAILED', message: String(error), details: {} } };
    const { code, message, details } = error;
    return { failure: { code, message, details } };
  } finally {
    await reader.close();
  }
}

async function answer(witness: StoreWitness, question: Question): Promise<Testimony> {
  switch (question.about) {
    case 'rules':
      return { rules: await witness.rules() };
    case 'swarm':
      return { found: await witness.find(question.swarmId, question.inMemory) };
    case 'leftovers':
      return { numbers: await witness.leftovers() };
    case 'numbers':
      return { numbers: await witness.stillThere(question.numbers) };
  }
}
