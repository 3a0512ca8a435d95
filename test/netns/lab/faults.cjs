// Loaded into an appliance: on command by IPC, one of its threads stands still, or throws what nobody catches. An order is
// { deed, thread, millis, claim }: of several threads of that name the first to make the file `claim` obeys. Each thread loads
// this anew, and knows by its modules what it is.
'use strict';

const { closeSync, openSync } = require('node:fs');
const { setImmediate } = require('node:timers');
const { BroadcastChannel, isMainThread } = require('node:worker_threads');

/** What a thread has loaded that no other has. The first that fits says which it is. */
const marks = { datapath: /datapath\.worker\.js$/, writer: /writer\.worker\.js$/, verify: /verify.worker\.js$/ };

const channel = new BroadcastChannel('weir-faults');
channel.onmessage = ({ data }) => obey(data);
channel.unref();

if (isMainThread) {
  process.on('message', (order) => {
    channel.postMessage(order);
    obey(order);
  });
  process.channel?.unref();
}

function obey({ deed, thread, millis, claim }) {
  if (thread !== ownName() || !isFirst(claim)) return;
  if (deed === 'stall') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis);
  // Beyond all handlers of messages, as a fault in a timer would be.
  if (deed === 'crash') {
    setImmediate(() => {
      throw new Error('a fault of the test');
    });
  }
}

function isFirst(claim) {
  try {
    closeSync(openSync(claim, 'wx'));
    return true;
  } catch {
    return false;
  }
}

function ownName() {
  if (isMainThread) return 'control';
  const loaded = Object.keys(require.cache);
  return Object.keys(marks).find((name) => loaded.some((file) => marks[name].test(file)));
}
