import { Supervisor } from './supervisor';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A manager that wants a sign of life each ten seconds, say, and an appliance whose state a test changes. */
function watched(watchdogMicros = 10_000_000) {
  const heard: string[] = [];
  const warned: string[] = [];
  const state = { silence: 0, summary: 'ready', listening: true };
  const notify = (text: string): boolean => state.listening && heard.push(text) > 0;
  const supervisor = new Supervisor(
    { notify, watchdogMicros },
    {
      silence: () => state.silence,
      summary: () => state.summary,
      warn: (message) => void warned.push(message),
    },
  );
  return { supervisor, heard, warned, state };
}

it('tells that all is open, and how it is, and gives a sign of life four times in the time that it has', () => {
  const { supervisor, heard } = watched();
  expect(supervisor.ready()).toBe(true);
  expect(heard.splice(0)).toEqual(['READY=1', 'WATCHDOG=1\nSTATUS=ready']);
  jest.advanceTimersByTime(10_000);
  expect(heard).toEqual(Array.from({ length: 4 }, () => 'WATCHDOG=1'));
  supervisor.end();
  jest.advanceTimersByTime(10_000);
  expect(heard).toHaveLength(4);
});

it('gives no sign of life while a datapath thread gives none, and says so once', () => {
  const { supervisor, heard, warned, state } = watched();
  supervisor.ready();
  heard.length = 0;
  state.silence = 1_000_000;
  jest.advanceTimersByTime(2_500);
  expect(heard.splice(0)).toEqual(['WATCHDOG=1']);
  state.silence = 1_100_000;
  jest.advanceTimersByTime(20_000);
  expect({ heard, warned }).toEqual({ heard: [], warned: [expect.stringContaining('no sign of life')] });
  state.silence = 0;
  jest.advanceTimersByTime(2_500);
  expect(heard).toEqual(['WATCHDOG=1']);
});

it('tells what changed, again if nobody heard it', () => {
  const { supervisor, heard, state } = watched(4_000_000);
  supervisor.ready();
  heard.length = 0;
  state.summary = 'not ready: subscribers';
  state.listening = false;
  jest.advanceTimersByTime(1_000);
  state.listening = true;
  jest.advanceTimersByTime(2_000);
  expect(heard).toEqual(['WATCHDOG=1\nSTATUS=not ready: subscribers', 'WATCHDOG=1']);
});

it('lives on while it stops, though its threads have ended', () => {
  const { supervisor, heard, warned, state } = watched();
  supervisor.ready();
  heard.length = 0;
  supervisor.stop();
  state.silence = 10 ** 15;
  jest.advanceTimersByTime(2_500);
  expect({ heard, warned }).toEqual({ heard: ['STOPPING=1', 'WATCHDOG=1'], warned: [] });
});

it('knows that nobody hears it', () => {
  const { supervisor, state } = watched();
  state.listening = false;
  expect(supervisor.ready()).toBe(false);
  supervisor.end();
});
