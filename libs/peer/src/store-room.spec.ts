import { storeFullSpan } from './limits';
import { StoreRoom } from './store-room';

describe('StoreRoom', () => {
  it('is full from the first refusal on, until a write is taken', () => {
    const room = new StoreRoom();
    expect([room.taken(), room.refused(0), room.refused(1), room.taken(), room.taken()]).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it('is tried again some time after the last refusal', () => {
    const room = new StoreRoom();
    room.refused(0);
    room.refused(10);
    expect(room.expire(10 + storeFullSpan)).toBe(false);
    expect(room.expire(11 + storeFullSpan)).toBe(true);
    expect(room.expire(12 + storeFullSpan)).toBe(false);
    expect(room.refused(13 + storeFullSpan)).toBe(true);
  });
});
