import { storeFullSpan } from './limits';
import { Pulse } from './pulse';
import { StoreRoom } from './store-room';

describe('StoreRoom', () => {
  it('is full from the first refusal on, until a write is taken, for all threads', () => {
    const pulse = new Pulse(2);
    const [one, other] = [new StoreRoom(pulse), new StoreRoom(new Pulse(2, pulse.memory))];
    const news = (now: number) => [one.news(now), other.news(now)];
    expect(news(1)).toEqual([undefined, undefined]);
    one.refused(2);
    expect(news(3)).toEqual([true, true]);
    expect(news(4)).toEqual([undefined, undefined]);
    other.taken();
    expect(news(5)).toEqual([false, false]);
  });

  it('is tried again some time after the last refusal', () => {
    const room = new StoreRoom(new Pulse(1));
    room.refused(1);
    room.refused(10);
    expect(room.news(10 + storeFullSpan)).toBe(true);
    expect(room.news(11 + storeFullSpan)).toBe(false);
    expect(room.news(12 + storeFullSpan)).toBeUndefined();
    room.refused(13 + storeFullSpan);
    expect(room.news(13 + storeFullSpan)).toBe(true);
  });
});
