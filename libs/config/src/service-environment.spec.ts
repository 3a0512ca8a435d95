import { serviceEnvironment } from './service-environment';

const socket = '/run/systemd/notify';

it.each([
  ['nobody', {}, undefined],
  ['a socket that is none', { NOTIFY_SOCKET: 'notify' }, undefined],
  ['a manager that watches nothing', { NOTIFY_SOCKET: socket }, undefined],
  ['one that watches', { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '10000000' }, 10_000_000],
  ['one that watches us', { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '10000000', WATCHDOG_PID: '7' }, 10_000_000],
  ['one that watches another', { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '10000000', WATCHDOG_PID: '8' }, undefined],
  ['one that says nonsense', { NOTIFY_SOCKET: socket, WATCHDOG_USEC: 'often' }, undefined],
])('knows %s', (_, env, watchdogMicros) => {
  const isThere = 'NOTIFY_SOCKET' in env && env.NOTIFY_SOCKET === socket;
  expect(serviceEnvironment(env, 7)).toEqual(isThere ? { socket, watchdogMicros } : undefined);
});
