// Loaded before a program of a test: a test run that is itself killed cannot end its processes any more.
'use strict';

const { setTimeout } = require('node:timers');
const { isMainThread } = require('node:worker_threads');

/** What does not end when it is told to is ended after this long. */
const graceMillis = 5_000;

if (isMainThread) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), graceMillis).unref();
  });
  process.channel?.unref();
}
