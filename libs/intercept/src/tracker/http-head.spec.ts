import * as fc from 'fast-check';
import { readHead } from './http-head';

const whole = (...lines: string[]) => `${['POST / HTTP/1.1', ...lines].join('\r\n')}\r\n\r\n`;

describe('readHead', () => {
  it('finds the digits of the length where they stand', () => {
    const text = whole('Host: length-17', 'content-LENGTH: \t 17 ', 'Accept: 17');
    const head = readHead(text);
    expect(head?.length?.bytes).toBe(17);
    expect(text.slice(head?.length?.start, head?.length?.end)).toBe('17');
    expect(text.indexOf('17', text.indexOf('LENGTH'))).toBe(head?.length?.start);
    expect(head?.start).toBe('POST / HTTP/1.1');
  });

  it('reads a head without fields', () => {
    expect(readHead(whole())).toMatchObject({ length: undefined });
  });

  it.each([
    ['two lengths, though equal', whole('Content-Length: 3', 'Content-Length: 3')],
    ['a list of lengths', whole('Content-Length: 3, 3')],
    ['a signed length', whole('Content-Length: +3')],
    ['a length in hex', whole('Content-Length: 0x3')],
    ['an empty length', whole('Content-Length:')],
    ['a length beyond all', whole('Content-Length: 1234567890')],
    ['a blank that is none in HTTP', whole('Content-Length: 3\xa0')],
    ['a blank before the colon', whole('Content-Length : 3')],
    ['a folded line', whole('A: b', ' c')],
    ['a field without a colon', whole('A')],
    ['a field without a name', whole(': b')],
    ['a bare line feed', whole('A: b\nC: d')],
    ['a bare carriage return', whole('A: b\rC: d')],
    ['a NUL', whole('A: b\0')],
    ['a start that is none', '\r\nA: b\r\n\r\n'],
  ])('refuses %s', (_, text) => {
    expect(readHead(text)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void readHead(`${text}\r\n\r\n`)));
  });
});
