import { limits } from '../limits';
import { Catalogue } from './catalogue';

it('remembers so many withdrawn swarms, and forgets the oldest alone', () => {
  const catalogue = new Catalogue('any');
  for (let at = 0; at <= limits.withdrawnSwarmsMax; at++) catalogue.withdraw(String(at));
  expect(catalogue.permission('0', undefined)).toBe('granted');
  expect(catalogue.permission('1', undefined)).toBe('refused');
  expect(catalogue.permission(String(limits.withdrawnSwarmsMax), undefined)).toBe('refused');
});
