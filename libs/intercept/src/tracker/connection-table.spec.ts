import { ConnectionTable } from './connection-table';

const address = (ip: string) => ({ ip, port: 1 });

describe('ConnectionTable', () => {
  let table: ConnectionTable<string>;

  beforeEach(() => {
    table = new ConnectionTable<string>({ all: 4, each: 2 });
  });

  it('has whoever was idle for longest make room', () => {
    for (const [index, ip] of ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'].entries()) {
      expect(table.crowdedOut(address(ip))).toBeUndefined();
      table.add(ip, address(ip), index);
    }
    table.heard('192.0.2.1', 5);
    expect(table.crowdedOut(address('192.0.2.5'))).toBe('192.0.2.2');
    table.remove('192.0.2.2');
    expect(table.crowdedOut(address('192.0.2.5'))).toBeUndefined();
    expect(table.size).toBe(3);
  });

  it('has a subscriber make room for himself, wherever in his network he is', () => {
    table.add('one', address('2001:db8::1'), 0);
    table.add('two', address('2001:db8:0:0:1::2'), 1);
    table.add('elsewhere', address('2001:db8:0:1::1'), 2);
    expect(table.crowdedOut(address('2001:db8::3'))).toBe('one');
    expect(table.crowdedOut(address('2001:db8:0:1::3'))).toBeUndefined();
    table.remove('one');
    table.remove('one');
    expect(table.crowdedOut(address('2001:db8::3'))).toBeUndefined();
    expect(table.all).toEqual(['two', 'elsewhere']);
  });

  it('knows who is idle', () => {
    for (const [index, name] of ['a', 'b', 'c'].entries()) table.add(name, address(`192.0.2.${name}`), index);
    table.heard('a', 10);
    table.heard('nobody', 10);
    expect(table.idleSince(1)).toEqual(['b']);
    expect(table.idleSince(2)).toEqual(['b', 'c']);
    expect(table.idleSince(10)).toEqual(['b', 'c', 'a']);
  });
});
