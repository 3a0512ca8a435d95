import { makeAuthority, MembershipIssuer } from '@weir/membership';
import { noExchange, type Address } from '@weir/ppspp';
import { Discretion } from './discretion';

const at = (ip: string, port = 6778): Address => ({ ip, port });
const subscriber = at('10.1.0.7');
const external = at('198.51.100.7');
const neighbour = at('10.9.0.7');
const own = at('192.0.2.1');
const swarmId = 'ab';

const subscribers = { has: ({ ip }: Address) => ip.startsWith('10.1.') };
const discretion = (plain: boolean, ...authorities: string[]): Discretion =>
  new Discretion({ plain, authorities }, subscribers, () => [own]);

it('exchanges nothing unless it is told to', () => {
  const { config, check } = new Discretion(undefined, subscribers, () => [own]);
  expect([config, check]).toEqual([noExchange, undefined]);
});

it('names no subscriber to anybody, and nobody to a subscriber', () => {
  const { names } = discretion(true).config;
  expect(names(subscriber, external)).toBe(false);
  expect(names(subscriber, at('10.1.0.8'))).toBe(false);
  expect(names(external, subscriber)).toBe(false);
  expect(names(external, at('198.51.100.8'))).toBe(true);
});

it('calls neither subscribers nor itself, whoever names them', () => {
  const { config } = discretion(true);
  expect([subscriber, own, external, neighbour].map((one) => config.own(one))).toEqual([true, true, false, false]);
});

it('takes plain addresses of external peers in its own network alone, and only if told to', () => {
  const of = (plain: boolean): boolean[] =>
    [neighbour, subscriber, external].map((one) => discretion(plain).config.benign(one));
  expect(of(true)).toEqual([true, false, false]);
  expect(of(false)).toEqual([false, false, false]);
});

it('believes certificates of its authority, and shows its own if others can believe it', async () => {
  const authority = await makeAuthority('tracker');
  const { config, check } = discretion(false, authority.certificate);
  expect(config.certified).toBe(true);
  const certificate = await (await MembershipIssuer.open(authority)).issue({ swarmId, address: external });
  expect(await check?.check(certificate, swarmId)).toMatchObject({ ok: true, address: external });
  const mine = discretion(false, authority.certificate).own(certificate, swarmId);
  expect(mine).toMatchObject({ ok: true, own: { address: external, certificate } });
  const foreign = discretion(false, (await makeAuthority('another')).certificate);
  expect(foreign.own(certificate, swarmId)).toEqual({ ok: false, fault: 'certificate-issuer' });
  expect(discretion(true).own(certificate, swarmId)).toEqual({ ok: false, fault: 'certificate-unchecked' });
});
