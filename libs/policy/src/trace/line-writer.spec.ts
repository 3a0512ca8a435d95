import { LineWriter } from './line-writer';
import { createModel, blankRequest } from './models';
import { defaultSettings } from './settings';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

it('writes a header, and requests as lines', () => {
  const writer = new LineWriter({ hasLive: false, hasSegments: true });
  writer.add({ millis: 1_234_056, title: 0, segment: 90, bytes: 262_144, subscriber: 7, live: false });
  writer.add({
    millis: 4_294_967_296_001,
    title: 2 ** 31 + 39,
    segment: 4_000_000_000,
    bytes: 1,
    subscriber: 0,
    live: true,
  });
  expect(text(writer.take())).toBe(
    'time,object,bytes,subscriber\n1234.056,0/90,262144,7\n4294967296.001,2147483687/4000000000,1,0\n',
  );
  expect(text(writer.take())).toBe('');
});

it('says what is live where the header does', () => {
  const writer = new LineWriter({ hasLive: true, hasSegments: true });
  const request = { millis: 5, title: 1, segment: 2, bytes: 3, subscriber: 4 };
  writer.add({ ...request, live: true });
  writer.add({ ...request, live: false });
  expect(text(writer.take())).toBe('time,object,bytes,subscriber,live\n0.005,1/2,3,4,1\n0.005,1/2,3,4,0\n');
});

it('names what is not cut by a number alone', () => {
  const writer = new LineWriter({ hasLive: false, hasSegments: false });
  writer.add({ millis: 5, title: 12, segment: 0, bytes: 3, subscriber: 4, live: false });
  expect(text(writer.take())).toBe('time,object,bytes,subscriber\n0.005,12,3,4\n');
});

it('is full before it overflows', () => {
  const writer = new LineWriter({ hasLive: true, hasSegments: true });
  const model = createModel('mixed', defaultSettings('mixed'), 1, 10_000);
  const request = blankRequest();
  let lines = 0;
  for (; !writer.full; lines++) {
    model.next(request);
    writer.add(request);
  }
  expect(text(writer.take()).split('\n')).toHaveLength(lines + 2);
});
