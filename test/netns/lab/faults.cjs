// Loaded into an appliance: on command by IPC, `stall datapath 4000` or `crash control`, one of its threads stands still for so
// many milliseconds, or throws what nobody catches. Each thread loads this anew, and knows by its modules what it is.
'use strict';

const { BroadcastChannel, isMainThread } = require('node:worker_threads');

/** What a thread has loaded that no other has. The first that fits says which it is. */
const marks = { datapath: /datapath-thread\.js$/, writer: /writer-host\.js$/, verify: /verify.worker\.js$/ };

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

function obey(order) {
  const [deed, thread, millis] = order.split(' ');
  if (thread !== ownName()) return;
  if (deed === 'stall') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(millis));
  if (deed === 'crash') throw new Error('a fault of the test');
}

function ownName() {
  if (isMainThread) return 'control';
  const loaded = Object.keys(require.cache);
  return Object.keys(marks).find((name) => loaded.some((file) => marks[name].test(file)));
}
