import { announcedTo } from './announced';

const home = { ip: '10.0.0.1', port: 7000, for: 'subscribers' } as const;
const world = { ip: '192.0.2.1', port: 7001, for: 'everyone' } as const;
const any = { ip: '192.0.2.2', port: 7002 };

describe('what a tracker is told of where we are', () => {
  it('depends on whom it is there for', () => {
    const told = (audience: 'subscribers' | 'everyone') =>
      announcedTo(audience, [home, world, any]).map(({ ip }) => ip);
    expect(told('subscribers')).toEqual([home.ip, any.ip]);
    expect(told('everyone')).toEqual([world.ip]);
  });

  it('is an address that does not say, if there is no other, and never one that is for others', () => {
    expect(announcedTo('everyone', [home, any]).map(({ ip }) => ip)).toEqual([any.ip]);
    expect(announcedTo('everyone', [home])).toEqual([]);
    expect(announcedTo('subscribers', [world])).toEqual([]);
  });

  it('is what the settings say of each (RFC 7846 section 3.2.4), and else their order', () => {
    const said = { ...any, priority: 3, type: 'REFLEXIVE', connection: 'wireless', asn: '64500' } as const;
    const ipv6 = { ip: '2001:db8::1', port: 7003 };
    expect(announcedTo('subscribers', [said, ipv6, any])).toEqual([
      { ...said, peerProtocol: 'PPSP-PP' },
      { ...ipv6, priority: 7, type: 'HOST', peerProtocol: 'PPSP-PP' },
      { ...any, priority: 6, type: 'HOST', peerProtocol: 'PPSP-PP' },
    ]);
  });
});
