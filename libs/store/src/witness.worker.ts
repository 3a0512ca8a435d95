import { testify, type Testimony, type WitnessTask } from './witness/question';

/** Answers one question, in a thread that may wait for the disk. */
export default function runWitness(task: WitnessTask): Promise<Testimony> {
  return testify(task);
}
