import * as fc from 'fast-check';
import { answeringOptions } from '../channel/handshake';
import { channelOf, messagesOf, opening, saying, TestEndpoint, testDialect } from '../endpoint/endpoint.testing';
import { limits, second } from '../limits';
import { encodeDatagram } from '../wire/encode';
import type { Message } from '../wire/message';
import { content, far, near, Scene, sociable } from './exchange.testing';

const { metadata } = content;
const { swarmId } = metadata;
const scene = new Scene();
const { begin, tell, called, fault } = scene;

describe('membership certificates', () => {
  const certificate = Uint8Array.of(0x30, 1, 2, 3);
  const show = (bytes = certificate): Message => ({ type: 'pex-certificate', certificate: bytes });
  const member = far(7);

  it('calls whom a certificate names', () => {
    const teller = begin(far(1), { certified: true });
    scene.leecher.judge = () => ({ ok: true, address: member, validFor: 60 * second });
    scene.leecher.take();
    expect(called(tell(teller, show()), teller)).toEqual(['192.0.2.7 6778']);
  });

  it.each(['certificate-issuer', 'certificate-expired', 'certificate-swarm', 'certificate-malformed'] as const)(
    'counts a defective one (%s), and looks at no more of its teller',
    (name) => {
      const teller = begin(far(1), { certified: true });
      let looked = 0;
      scene.leecher.judge = () => (looked++, { ok: false, fault: name });
      scene.leecher.take();
      expect(called(tell(teller, show()), teller)).toEqual([]);
      for (let time = 0; time < 20; time++) tell(teller, show());
      scene.leecher.wait(limits.exchangeAsk + second);
      tell(teller, show());
      expect([fault(name), looked]).toEqual([1, 1]);
    },
  );

  it('looks at none that is too large', () => {
    const teller = begin(far(1), { certified: true });
    let looked = 0;
    scene.leecher.judge = () => (looked++, { ok: true, address: member, validFor: second });
    scene.leecher.take();
    tell(teller, show(new Uint8Array(limits.certificateBytesMax)));
    expect([fault('certificate-oversize'), looked]).toEqual([0, 1]);
    tell(teller, show(new Uint8Array(limits.certificateBytesMax + 1)));
    expect([fault('certificate-oversize'), looked]).toEqual([1, 1]);
  });

  it.each([
    ['a private address, from outside', near(7)],
    ['port 0', { ip: '192.0.2.7', port: 0 }],
    ['a multicast address', { ip: '224.0.0.1', port: 9 }],
    ['its own address', { ip: '10.0.0.99', port: 6778 }],
  ])('does not call %s though it is certified', (_, address) => {
    const teller = begin(far(1), { certified: true });
    scene.leecher.judge = () => ({ ok: true, address, validFor: 60 * second });
    scene.leecher.take();
    expect(called(tell(teller, show()), teller)).toEqual([]);
    expect(fault('exchange-address')).toBe(1);
  });

  it('hands a member its own on, and that of others while they are here and it is valid', () => {
    const teller = begin(far(1), { certified: true });
    const own = Uint8Array.of(0x30, 9);
    scene.leecher.endpoint.handle(
      { kind: 'certificate', swarmId, own: { address: far(99), certificate: own, validFor: 100 * second } },
      scene.leecher.now,
    );
    // The teller's own, and one of somebody who is not here.
    scene.leecher.judge = (bytes) => ({ ok: true, address: bytes[1] === 1 ? far(1) : member, validFor: 50 * second });
    scene.leecher.take();
    tell(teller, show(), show(Uint8Array.of(0x30, 2)));
    const asker = channelOf(scene.leecher.hear(far(3), opening(metadata, 4)).take());
    scene.leecher.hear(far(3), saying(asker)).take();
    const shown = (): Message[] =>
      messagesOf(
        scene.leecher
          .hear(far(3), saying(asker, { type: 'pex-request' }))
          .take()
          .filter(({ to }) => to.ip === far(3).ip),
      ).filter(({ type }) => type === 'pex-certificate');
    expect(shown()).toEqual([show(own), show()]);
    for (let time = 0; time < 6; time++) {
      scene.leecher.wait(10 * second);
      scene.leecher.hear(far(1), saying(teller.id)).hear(far(3), saying(asker)).take();
    }
    expect(shown()).toEqual([show(own)]);
    for (let time = 0; time < 6; time++) {
      scene.leecher.wait(10 * second);
      scene.leecher.hear(far(3), saying(asker)).take();
    }
    expect(shown()).toEqual([]);
  });

  it('a certificate that a peer shows of another is no certificate of its own', () => {
    const thief = begin(far(1), { certified: true });
    scene.leecher.judge = () => ({ ok: true, address: member, validFor: 1_000 * second });
    scene.leecher.take();
    tell(thief, show());
    const asker = channelOf(scene.leecher.hear(far(3), opening(metadata, 4)).take());
    scene.leecher.hear(far(3), saying(asker)).take();
    const sent = scene.leecher.hear(far(3), saying(asker, { type: 'pex-request' })).take();
    expect(messagesOf(sent.filter(({ to }) => to.ip === far(3).ip)).map(({ type }) => type)).not.toContain(
      'pex-certificate',
    );
  });
});

it('any messages of peer exchange, from anybody: nobody is called faster than the rate, and nothing is hoarded', () => {
  const anyTold: fc.Arbitrary<Message> = fc.oneof(
    fc.record({
      type: fc.constant('pex-response-v4' as const),
      ip: fc.uint8Array({ minLength: 4, maxLength: 4 }),
      port: fc.nat(65_535),
    }),
    fc.record({
      type: fc.constant('pex-response-v6' as const),
      ip: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      port: fc.nat(65_535),
    }),
    fc.record({ type: fc.constant('pex-certificate' as const), certificate: fc.uint8Array({ maxLength: 100 }) }),
    fc.constant({ type: 'pex-request' as const }),
  );
  fc.assert(
    fc.property(fc.array(fc.array(anyTold, { maxLength: 30 }), { maxLength: 20 }), (datagrams) => {
      const peer = new TestEndpoint({ exchange: { ...sociable, benign: () => true } }).fetch(metadata, far(1));
      peer.judge = (bytes) => ({
        ok: true,
        address: { ip: `198.51.100.${String(bytes.length)}`, port: 9 },
        validFor: 1,
      });
      const id = channelOf(peer.take());
      const options = answeringOptions(metadata, { chunkSize: 1_024 });
      const range = { first: 0, last: 292 };
      const reply: Message[] = [
        { type: 'handshake', channel: 77, options },
        { type: 'have', range },
      ];
      peer.hear(far(1), encodeDatagram(id, reply, testDialect)).take();
      const begun = peer.now;
      let calls = 0;
      for (const messages of datagrams) {
        const sent = [...peer.hear(far(1), saying(id, ...messages)).take(), ...peer.wait(300_000)];
        calls += sent.filter(({ to }) => to.ip !== far(1).ip).length;
      }
      const spans = Math.ceil((peer.now - begun) / limits.exchangeCall) + 1;
      expect(calls).toBeLessThanOrEqual(spans * limits.exchangeTries);
    }),
  );
});
