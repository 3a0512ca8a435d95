import { InterruptedError } from '../errors';
import { Interruption, untilAborted } from './interruption';

const counts = () => [process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')];

it.each(['SIGINT', 'SIGTERM'] as const)('turns %s into an abort, once', async (name) => {
  const before = counts();
  const { signal } = new Interruption();
  const aborted = untilAborted(signal);
  process.emit(name, name);
  await expect(aborted).rejects.toBeInstanceOf(InterruptedError);
  await expect(untilAborted(signal)).rejects.toMatchObject({ signal: name });
  // A second signal ends the process, as it does without us.
  expect(counts()).toEqual(before);
});

it('gives the signals back', () => {
  const before = counts();
  const interruption = new Interruption();
  expect(counts()).not.toEqual(before);
  interruption.release();
  expect(counts()).toEqual(before);
  expect(interruption.signal.aborted).toBe(false);
});
