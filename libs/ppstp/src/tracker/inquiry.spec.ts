import { encodeResponse } from '../message/response';
import { join, TrackerWorld } from './tracker.testing';

describe('the answer to FIND, RFC 7846 section 4.1.2', () => {
  it('has a peer group though there is nobody else', () => {
    const world = new TrackerWorld();
    world.connect('p', [join('aa', 'LEECH')]);
    const answer = world.find('p', 'aa');
    expect(answer.results).toEqual([{ swarmId: 'aa', successful: true, peers: [] }]);
    expect(encodeResponse(answer)).toContain('"peer_group":{"peer_info":[]}');
  });
});

describe('the answer to STAT_REPORT, RFC 7846 sections 3.3.4 and 4.1.3', () => {
  it('has the transaction ID of the request, and no peers', () => {
    const world = new TrackerWorld();
    world.connect('p', [join('aa', 'LEECH')]);
    const answer = world.report('p', ['aa']);
    expect(answer).toEqual({ transactionId: '2', errorCode: 0, results: [{ swarmId: 'aa', successful: true }] });
  });
});
